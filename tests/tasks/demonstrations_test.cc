#include "tasks/demonstrations.h"

#include <string>

#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::vector<Demonstration>> Load(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/demonstrations.jsonl";
  EXPECT_TRUE(WriteFileAtomically(path, text).ok());
  return LoadDemonstrations(path);
}

TEST(Demonstrations, ArePairsInTheOrderOfTheFile) {
  const auto pairs = Load("{\"prompt\":\"a\",\"response\":\"b$\"}\n{\"prompt\":\"c\",\"response\":\"d$\"}\n");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 2u);
  EXPECT_EQ((*pairs)[1].prompt, "c");
  EXPECT_EQ((*pairs)[1].response, "d$");
}

TEST(Demonstrations, NeedAResponse) {
  EXPECT_THAT(std::string(Load("{\"prompt\":\"a\"}").status().message()),
              HasSubstr("demonstrations.jsonl:1: has no \"response\""));
  EXPECT_THAT(std::string(Load("{\"prompt\":\"a\",\"response\":\"\"}").status().message()),
              HasSubstr("\"response\" is empty"));
}

}  // namespace
}  // namespace rubato
