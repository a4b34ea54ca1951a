#include "text/token_decoder.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<TokenDecoder> ParseText(std::string_view json) {
  return ParseTokenDecoder(*Json::Parse(json));
}

TEST(TokenDecoder, WithoutOneTokensAreSeparatedBySpaces) {
  EXPECT_EQ(ParseText("null")->separator, " ");
  EXPECT_FALSE(ParseText("null")->maps_bytes);
}

TEST(TokenDecoder, ByteLevelMapsAndFuseJoins) {
  EXPECT_TRUE(ParseText(R"({"type":"ByteLevel"})")->maps_bytes);
  EXPECT_EQ(ParseText(R"({"type":"ByteLevel"})")->separator, "");
  EXPECT_EQ(ParseText(R"({"type":"Fuse"})")->separator, "");
  EXPECT_FALSE(ParseText(R"({"type":"Fuse"})")->maps_bytes);
}

TEST(TokenDecoder, ASequenceMayHoldBoth) {
  const auto decoder = ParseText(R"({"type":"Sequence","decoders":[{"type":"ByteLevel"},{"type":"Fuse"}]})");
  ASSERT_TRUE(decoder.ok()) << decoder.status();
  EXPECT_TRUE(decoder->maps_bytes);
  EXPECT_FALSE(ParseText(R"({"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"ByteLevel"}]})").ok());
}

TEST(TokenDecoder, RefusesOthersByName) {
  for (const std::string kind : {"ByteFallback", "Replace", "Strip", "Metaspace", "WordPiece"}) {
    EXPECT_THAT(std::string(ParseText(R"({"type":")" + kind + "\"}").status().message()),
                HasSubstr("kind \"" + kind + "\" is not supported"));
  }
}

}  // namespace
}  // namespace rubato
