// A bounded round of the fuzz target, for the ordinary test run: every hostile and sound file, then mutations
// of them.  Each input lies in a buffer of exactly its size, so that the address sanitizer (--config=asan)
// sees a read beyond it.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/hostile_safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace rubato {
namespace {

constexpr uint32_t kSeed = 20260724;
constexpr int kRounds = 200'000;

void Try(const std::string& input) {
  const auto copy = std::make_unique<uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), copy.get());
  LLVMFuzzerTestOneInput(copy.get(), input.size());
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds = SoundSafetensors();
  for (HostileFile& file : HostileSafetensors()) seeds.push_back(std::move(file.bytes));
  return seeds;
}

// Pieces that headers are made of, and numbers at the edges.
const std::vector<std::string>& Words() {
  static const std::vector<std::string> words = {"{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 ",",
                                                 ":",
                                                 "\"",
                                                 "\\u",
                                                 "\\",
                                                 "dtype",
                                                 "shape",
                                                 "\"F32\"",
                                                 "\"F4\"",
                                                 "0",
                                                 "-1",
                                                 "4294967296",
                                                 "9223372036854775807",
                                                 "18446744073709551616",
                                                 "\"__metadata__\":{",
                                                 "data_offsets",
                                                 std::string(1, '\0'),
                                                 "\xff",
                                                 " "};
  return words;
}

std::string Mutate(std::string input, const std::vector<std::string>& seeds, std::mt19937* random) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : (*random)() % n; };
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(input.size() + 1);
    switch (below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>((*random)());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, 1 + below(8));
        break;
      case 3:
        input.insert(at, Words()[below(Words().size())]);
        break;
      case 4:
        input.insert(at, input.substr(below(input.size() + 1), below(40)));
        break;
      case 5:
        input = input.substr(0, at) + seeds[below(seeds.size())];
        break;
      default:  // a length that fits, so that what follows is looked at
        if (input.size() > 8) {
          const uint64_t length = below(2) == 0 ? input.size() - 8 : below(input.size());
          input.replace(0, 8, std::string(reinterpret_cast<const char*>(&length), 8));
        }
    }
  }
  return input;
}

TEST(SafetensorsFuzz, NoSeedBreaksTheReader) {
  for (const std::string& seed : Seeds()) Try(seed);
}

TEST(SafetensorsFuzz, NoMutationBreaksTheReader) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  std::vector<std::string> seeds = Seeds();
  for (int round = 0; round < kRounds; ++round) {
    std::string input = Mutate(seeds[random() % seeds.size()], seeds, &random);
    Try(input);
    if (input.size() < 1000) seeds[random() % seeds.size()] = std::move(input);
    if (round % 1000 == 0) seeds = Seeds();
  }
}

}  // namespace
}  // namespace rubato
