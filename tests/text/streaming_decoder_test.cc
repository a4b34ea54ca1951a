#include "text/streaming_decoder.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace rubato {
namespace {

// Tokens that end within characters: \u00e9 is C3 A9, \u65e5 is E6 97 A5 in the alphabet of bytes.
constexpr char kJson[] = R"({"model":{"type":"BPE","vocab":{"a":0,"\u00c3":1,"\u00a9":2,"\u00e6\u0139":3,
    "\u00a5":4,"\u0120":5,"\u65e5":6},"merges":[]},"decoder":{"type":"ByteLevel"},
    "added_tokens":[{"id":7,"content":"<s>","special":true}]})";

Tokenizer Make(const char* json = kJson) {
  auto tokenizer = Tokenizer::FromJson(json);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

TEST(StreamingDecoder, HoldsACharacterBackUntilItIsWhole) {
  StreamingDecoder decoder(Make());
  EXPECT_EQ(decoder.Next(0), "a");
  EXPECT_EQ(decoder.Next(1), "");
  EXPECT_EQ(decoder.Next(2), "\u00e9");
  EXPECT_EQ(decoder.Next(3), "");
  EXPECT_EQ(decoder.Next(0), "\uFFFDa") << "it never became one";
  EXPECT_EQ(decoder.Next(3), "");
  EXPECT_EQ(decoder.Finish(), "\uFFFD");
  EXPECT_EQ(decoder.Finish(), "");
}

TEST(StreamingDecoder, SkipsSpecialTokensWhenAskedTo) {
  StreamingDecoder keep(Make()), skip(Make(), Tokenizer::Special::kSkip);
  EXPECT_EQ(keep.Next(7), "<s>");
  EXPECT_EQ(skip.Next(1), "");
  EXPECT_EQ(skip.Next(7), "");
  EXPECT_EQ(skip.Next(2), "\u00e9");
}

TEST(StreamingDecoder, ItsPiecesTogetherAreWhatDecodeGives) {
  for (const char* json : {kJson, R"({"model":{"type":"WordLevel","vocab":{"a":0,"b":1},"unk_token":""}})"}) {
    const Tokenizer tokenizer = Make(json);
    for (uint32_t seed = 0; seed < 500; ++seed) {
      std::mt19937 random(seed);
      std::vector<int32_t> ids;
      for (size_t n = random() % 20; n > 0; --n) ids.push_back(static_cast<int32_t>(random() % 9));
      for (const auto special : {Tokenizer::Special::kKeep, Tokenizer::Special::kSkip}) {
        StreamingDecoder decoder(tokenizer, special);
        std::string text;
        for (const int32_t id : ids) text += decoder.Next(id);
        text += decoder.Finish();
        EXPECT_EQ(text, tokenizer.Decode(ids, special)) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace rubato
