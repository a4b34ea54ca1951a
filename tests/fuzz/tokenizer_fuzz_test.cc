// A bounded round of the fuzz target, for the ordinary test run: small tokenizers of each kind with a text,
// and mutations of them.  Each input lies in a buffer of exactly its size, so that the address sanitizer
// (--config=asan) sees a read beyond it.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace rubato {
namespace {

constexpr uint32_t kSeed = 20260725;
constexpr int kRounds = 30'000;

void Try(const std::string& input) {
  const auto copy = std::make_unique<uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), copy.get());
  LLVMFuzzerTestOneInput(copy.get(), input.size());
}

std::vector<std::string> Seeds() {
  const std::string text = "\n%%\n<s> ab  a\u00e9e\u0301\r\n 'll 12<mask> \U0001f600b";
  const std::string added = R"("added_tokens":[{"id":7,"content":"<s>","special":true},)"
                            R"({"id":8,"content":"<mask>","lstrip":true,"normalized":true,"special":true}])";
  const std::string bpe =
      R"("model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"\u0120":3,"\u00c3":4,"\u00a9":5,)"
      R"("\u0120ab":6},"merges":["a b",["\u0120","ab"]],"unk_token":"a","fuse_unk":true})";
  const std::string words =
      R"("model":{"type":"WordLevel","vocab":{"a":0,"b":1,"ab":2,"12":3,"x":4,"y":5,"?":6},)"
      R"("unk_token":"?"})";
  const std::string split =
      R"({"type":"Split","pattern":{"Regex":"\\p{L}+|\\s"},"behavior":"Isolated","invert":false})";
  const std::string byte_level = R"({"type":"ByteLevel","add_prefix_space":true,"use_regex":true})";
  return {
      "{" + bpe + "," + added + R"(,"normalizer":{"type":"NFC"},"pre_tokenizer":)" + byte_level +
          R"(,"decoder":{"type":"ByteLevel"}})" + text,
      "{" + bpe + R"(,"pre_tokenizer":{"type":"Sequence","pretokenizers":[)" + split + "," + byte_level +
          "]}}" + text,
      "{" + words + "," + added + R"(,"pre_tokenizer":{"type":"Whitespace"},"decoder":{"type":"Fuse"}})" +
          text,
      "{" + words +
          R"(,"pre_tokenizer":{"type":"Digits","individual_digits":true},"post_processor":)"
          R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}},{"Sequence":{"id":"A"}}],)"
          R"("special_tokens":{"x":{"id":"x","ids":[4]}}}})" +
          text,
  };
}

std::string Mutate(std::string input, const std::vector<std::string>& seeds, std::mt19937* random) {
  static const std::vector<std::string> words = {"{",    "}",    "[",       "]",      ",",
                                                 ":",    "\"",   "\\u0301", "\\\\s",  "null",
                                                 "true", "-1",   "4194303", "0",      "\"MergedWithNext\"",
                                                 "(?=",  "*",    "\xff",    "\u0301", " ",
                                                 "<s>",  "\"\"", "\n%%\n"};
  const auto below = [&](size_t n) { return n == 0 ? 0 : (*random)() % n; };
  for (size_t changes = 1 + below(3); changes > 0; --changes) {
    const size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>((*random)());
        break;
      case 1:
        input.erase(at, 1 + below(8));
        break;
      case 2:
        input.insert(at, words[below(words.size())]);
        break;
      case 3:
        input.insert(at, input.substr(below(input.size() + 1), below(40)));
        break;
      default:
        input =
            input.substr(0, input.find("\n%%\n")) + "\n%%\n" + seeds[below(seeds.size())].substr(below(200));
    }
  }
  return input;
}

TEST(TokenizerFuzz, NoSeedBreaksTheReader) {
  for (const std::string& seed : Seeds()) Try(seed);
}

TEST(TokenizerFuzz, NoMutationBreaksTheReader) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const std::vector<std::string> seeds = Seeds();
  for (int round = 0; round < kRounds; ++round) Try(Mutate(seeds[random() % seeds.size()], seeds, &random));
}

}  // namespace
}  // namespace rubato
