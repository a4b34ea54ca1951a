// 10,000 generated texts per split pattern, with the ids and decoded texts of the `tokenizers` library, of
// which tests/oracle/make_tokenizer_goldens.py recorded the digests.

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/escape.h"
#include "common/file.h"
#include "common/json.h"
#include "gtest/gtest.h"
#include "tests/text/generated_text.h"
#include "text/streaming_decoder.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

constexpr int kMostFailuresShown = 5;

std::string ReadGolden(const std::string& name) {
  const auto text = ReadFile("tests/text/goldens/" + name);
  EXPECT_TRUE(text.ok()) << text.status();
  return *text;
}

class Fnv {
 public:
  void Add(std::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x01000193;
  }
  void Add(int32_t id) {
    for (int shift = 0; shift < 32; shift += 8) value_ = (value_ ^ (id >> shift & 0xFF)) * 0x01000193;
  }
  std::string Hex() const { return absl::StrFormat("%08x", value_); }

 private:
  uint32_t value_ = 0x811C9DC5;
};

// The text of `ids`, token by token.
std::string Stream(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  StreamingDecoder decoder(tokenizer);
  std::string text;
  for (const int32_t id : ids) text += decoder.Next(id);
  return text + decoder.Finish();
}

// Whether the ids of a text have the recorded digest; shows the text and the ids if not.
bool HasDigest(const Tokenizer& tokenizer, const std::string& text, const std::string& digest) {
  const auto ids = tokenizer.Encode(text);
  if (!ids.ok()) {
    ADD_FAILURE() << ids.status();
    return false;
  }
  const std::string decoded = tokenizer.Decode(*ids);
  EXPECT_EQ(Stream(tokenizer, *ids), decoded);
  Fnv fnv;
  for (const int32_t id : *ids) fnv.Add(id);
  fnv.Add(decoded);
  EXPECT_EQ(fnv.Hex(), digest) << "text \"" << EscapeForTerminal(text) << "\", ids "
                               << ::testing::PrintToString(*ids);
  return fnv.Hex() == digest;
}

class PatternGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(PatternGolden, TenThousandTextsBecomeTheIdsOfTheTokenizersLibrary) {
  const auto tokenizer = Tokenizer::FromJson(ReadGolden(GetParam() + ".tokenizer.json"));
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const GeneratedTexts texts(*Json::Parse(ReadGolden(GetParam() + ".parts.json")));
  std::istringstream digests(ReadGolden(GetParam() + ".digests.txt"));
  uint64_t seed = 0;
  int failures = 0;
  for (std::string digest; failures < kMostFailuresShown && digests >> digest; ++seed) {
    SCOPED_TRACE("make_tokenizer_goldens.py " + GetParam() + " " + std::to_string(seed) +
                 " tells what is expected");
    if (!HasDigest(*tokenizer, texts.Generate(seed), digest)) ++failures;
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(seed, 10000);
}

INSTANTIATE_TEST_SUITE_P(Patterns, PatternGolden, ::testing::Values("gpt2", "llama3", "qwen2"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace rubato
