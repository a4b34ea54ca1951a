#include "tasks/verifier.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

TEST(Verifier, IsMadeByName) {
  const auto verifier = MakeVerifier("countdown");
  ASSERT_TRUE(verifier.ok());
  EXPECT_TRUE((*verifier)->CheckRow(*Json::Parse(R"({"nums":[1,2],"target":3})")).ok());
}

TEST(Verifier, AnUnknownNameNamesThoseThatExist) {
  const absl::Status status = MakeVerifier("chess").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("no verifier \"chess\"; there is: countdown"));
}

}  // namespace
}  // namespace rubato
