// The matchers by hand against PCRE2, on characters whose classes no Unicode version changed.

#include "text/known_pattern.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "text/regex.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;

constexpr KnownPattern kAll[] = {KnownPattern::kGpt2, KnownPattern::kLlama3, KnownPattern::kQwen2};

std::vector<std::string> Matches(KnownPattern pattern, std::string_view text) {
  std::vector<std::string_view> matches;
  AppendMatches(pattern, text, &matches);
  return {matches.begin(), matches.end()};
}

std::vector<std::string> MatchesOfPcre2(KnownPattern pattern, std::string_view text) {
  const auto regex = Regex::Compile(RegexOf(pattern));
  EXPECT_TRUE(regex.ok()) << regex.status();
  std::vector<std::string> matches;
  const auto ranges = regex->FindAll(text);
  EXPECT_TRUE(ranges.ok()) << ranges.status();
  for (const TextRange& range : ranges.value()) {
    matches.emplace_back(text.substr(range.begin, range.size()));
  }
  return matches;
}

std::string RandomText(std::mt19937* random) {
  constexpr std::string_view kParts[] = {
      "a",          "Z",      "s",      "T",      "ll",     "RE",     "ve",     "d",      "M",      "'",
      "'",          "1",      "23",     "9",      " ",      " ",      "  ",     "\t",     "\n",     "\r",
      "\r\n",       "\v",     "\f",     ".",      "!",      "?-",     "_",      "<|",     "\u00e9", "\u00a0",
      "\u0085",     "\u017f", "\u212a", "\u0301", "\u0663", "\u00b2", "\u65e5", "\u3000", "\u2028", "\uac00",
      "\U0001f600", "\u200d", "\u0e01", "\u0e31", "\ufb05", "\u2160"};
  std::string text;
  for (size_t n = (*random)() % 20; n > 0; --n) text += kParts[(*random)() % std::size(kParts)];
  return text;
}

TEST(KnownPattern, IsRecognisedByItsExactText) {
  for (const KnownPattern pattern : kAll) EXPECT_EQ(RecognisePattern(RegexOf(pattern)), pattern);
  EXPECT_EQ(RecognisePattern(R"(\p{L}+)"), std::nullopt);
}

TEST(KnownPattern, MatchesWhatPcre2Matches) {
  for (const KnownPattern pattern : kAll) {
    for (uint32_t seed = 0; seed < 20000; ++seed) {
      std::mt19937 random(seed);
      const std::string text = RandomText(&random);
      ASSERT_EQ(Matches(pattern, text), MatchesOfPcre2(pattern, text))
          << "pattern " << static_cast<int>(pattern) << ", seed " << seed << ", \"" << text << "\"";
    }
  }
}

TEST(KnownPattern, TheyDifferInNumbersAndContractions) {
  EXPECT_THAT(Matches(KnownPattern::kGpt2, "1234I'LL"), ElementsAre("1234", "I", "'", "LL"));
  EXPECT_THAT(Matches(KnownPattern::kLlama3, "1234I'LL"), ElementsAre("123", "4", "I", "'LL"));
  EXPECT_THAT(Matches(KnownPattern::kQwen2, "12I'LL"), ElementsAre("1", "2", "I", "'LL"));
}

}  // namespace
}  // namespace rubato
