#include "common/program_modes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/arguments.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

class ProgramModesTest : public testing::Test {
 protected:
  std::optional<int> Run(Words words) {
    words.insert(words.begin(), "/bin/rubato-x");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const std::optional<int> code = RunProgramMode(modes_, static_cast<int>(argv.size()), argv.data());
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  Words given_;
  absl::Status result_;
  const std::vector<ProgramMode> modes_ = {{"score", "helps\n", [this](const Words& arguments) {
                                              given_ = arguments;
                                              return result_;
                                            }}};
  std::string out_, err_;
};

TEST_F(ProgramModesTest, AreLeftAloneByFlagsAndByNothing) {
  EXPECT_EQ(Run({}), std::nullopt);
  EXPECT_EQ(Run({"--hub", "x"}), std::nullopt);
}

TEST_F(ProgramModesTest, GetTheirArgumentsAndEndWith0) {
  EXPECT_EQ(Run({"score", "--model", "m"}), 0);
  EXPECT_EQ(given_, (Words{"--model", "m"}));
}

TEST_F(ProgramModesTest, HelpInsteadOfWorking) {
  EXPECT_EQ(Run({"score", "--help"}), 0);
  EXPECT_EQ(out_, "helps\n");
  EXPECT_TRUE(given_.empty());
}

TEST_F(ProgramModesTest, EndWithTheCodeOfTheirErrorAndAllItsLines) {
  result_ = absl::InvalidArgumentError("one\ntwo");
  EXPECT_EQ(Run({"score"}), 65);
  EXPECT_EQ(err_, "rubato score: one\n        two\n");
  result_ = UsageError("no such option");
  EXPECT_EQ(Run({"score"}), 64);
  EXPECT_THAT(err_, HasSubstr("`rubato help score` tells more"));
}

TEST_F(ProgramModesTest, ThatDoNotExistNameTheNearest) {
  EXPECT_EQ(Run({"scor"}), 64);
  EXPECT_THAT(err_, StartsWith("rubato-x: there is no mode \"scor\"; did you mean \"score\"?"));
}

}  // namespace
}  // namespace rubato
