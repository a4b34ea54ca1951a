#include "text/normalizer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

std::string Nfc(std::string_view text) {
  std::string storage;
  return std::string(Normalizer::FromJson(*Json::Parse(R"({"type":"NFC"})"))->Apply(text, &storage));
}

TEST(Normalizer, ComposesAndReorders) {
  EXPECT_EQ(Nfc("e\u0301x"), "\u00e9x");
  EXPECT_EQ(Nfc("ae\u0301e\u0323\u0301"), "a\u00e9\u1eb9\u0301");
  EXPECT_EQ(Nfc("\u0301\u0323"), "\u0323\u0301");
  EXPECT_EQ(Nfc("\u212b\u2126"), "\u00c5\u03a9");
  EXPECT_EQ(Nfc("\u1100\u1161\u11a8"), "\uac01");
  EXPECT_EQ(Nfc("\u09c7\u09be"), "\u09cb");
}

TEST(Normalizer, LeavesMarksThatAreYoungerThanUnicode9WhereTheyAre) {
  EXPECT_EQ(Nfc("a\u0898\u0323"), "a\u0898\u0323");
  EXPECT_EQ(Nfc("e\u0301\u0898e\u0301"), "\u00e9\u0898\u00e9");
}

TEST(Normalizer, AUnchangedTextIsTheTextItself) {
  const std::string text = "caf\u00e9 \u65e5\u672c";
  std::string storage;
  const auto nfc = Normalizer::FromJson(*Json::Parse(R"({"type":"NFC"})"));
  EXPECT_EQ(nfc->Apply(text, &storage).data(), text.data());
  EXPECT_EQ(Normalizer::FromJson(Json())->Apply("e\u0301", &storage), "e\u0301");
}

TEST(Normalizer, ASequenceMayHoldIt) {
  std::string storage;
  const auto sequence =
      Normalizer::FromJson(*Json::Parse(R"({"type":"Sequence","normalizers":[{"type":"NFC"}]})"));
  ASSERT_TRUE(sequence.ok()) << sequence.status();
  EXPECT_EQ(sequence->Apply("e\u0301", &storage), "\u00e9");
  const auto status =
      Normalizer::FromJson(*Json::Parse(R"({"type":"Sequence","normalizers":[{"type":"Lowercase"}]})"))
          .status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("kind \"Lowercase\" is not supported"));
}

}  // namespace
}  // namespace rubato
