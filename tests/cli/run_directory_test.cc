#include "cli/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/config.h"
#include "common/exit_code.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Fresh(const std::string& name) {
  const std::string path = ::testing::TempDir() + "run_directory_test/" + name;
  std::filesystem::remove_all(path);
  return path;
}

RunConfig Config() {
  RunConfig config;
  config.mutable_policy()->set_model("/m");
  config.mutable_data()->set_train("/t.jsonl");
  config.mutable_run()->set_steps(5);
  ResolveDefaults(&config);
  return config;
}

TEST(RunDirectory, GetsTheFirstFreeNumber) {
  const std::string parent = Fresh("numbers");
  EXPECT_EQ(NextRunDirectory(parent, "tiny"), parent + "/tiny-1");
  std::filesystem::create_directories(parent + "/tiny-1");
  EXPECT_EQ(NextRunDirectory(parent, "tiny"), parent + "/tiny-2");
}

TEST(RunDirectory, ReadsBackTheConfigurationThatItWasCreatedWith) {
  const std::string path = Fresh("again");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  Problems problems;
  EXPECT_EQ(ConfigDigest(ReopenRun(path, {}, &problems)), ConfigDigest(Config()));
  EXPECT_TRUE(problems.empty());
}

TEST(RunDirectory, RefusesToBeginASecondRunAndSaysHowToGoOn) {
  const std::string path = Fresh("twice");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  const absl::Status status = CreateRun(path, Config());
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()), HasSubstr("rubato up --resume " + path));
}

TEST(RunDirectory, LetsAResumeChangeTheNumberOfSteps) {
  const std::string path = Fresh("longer");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  Problems problems;
  EXPECT_EQ(ReopenRun(path, {"run.steps=9"}, &problems).run().steps(), 9u);
  EXPECT_TRUE(problems.empty());
}

TEST(RunDirectory, RefusesFewerStepsThanAreCommittedAndNamesBoth) {
  const std::string path = Fresh("shorter");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  std::ofstream(path + "/metrics.jsonl") << R"({"step":0,"eval/mean":0.5}
{"step":0,"reward/mean":0.1}
{"step":1,"reward/mean":0.2}
)";
  Problems problems;
  ReopenRun(path, {"run.steps=1"}, &problems);
  EXPECT_THAT(problems.list(), ElementsAre(AllOf(HasSubstr("run.steps=1"), HasSubstr("2 steps"))));
  Problems none;
  ReopenRun(path, {"run.steps=2"}, &none);
  EXPECT_TRUE(none.empty());
}

TEST(RunDirectory, CanBeUsedAgainAfterARunThatNeverBeganItsLedger) {
  const std::string path = Fresh("stillborn");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  ForgetRunWithoutLedger(path);
  EXPECT_EQ(CreateRun(path, Config()), absl::OkStatus());
  std::filesystem::create_directories(path + "/ledger");
  std::ofstream(path + "/ledger/ledger.sqlite") << "x";
  ForgetRunWithoutLedger(path);
  EXPECT_FALSE(CreateRun(path, Config()).ok());
}

TEST(RunDirectory, RefusesOtherChangesAndListsWhatMayChange) {
  const std::string path = Fresh("other");
  ASSERT_EQ(CreateRun(path, Config()), absl::OkStatus());
  Problems problems;
  ReopenRun(path, {"learner.lr=1"}, &problems);
  EXPECT_THAT(problems.list(),
              ElementsAre(AllOf(HasSubstr("cannot change learner.lr"), HasSubstr("run.steps"))));
}

TEST(RunDirectory, SaysThatThereIsNoRunToResume) {
  Problems problems;
  ReopenRun(Fresh("none"), {}, &problems);
  EXPECT_THAT(problems.list(), ElementsAre(HasSubstr("there is no run")));
}

TEST(RunDirectory, ThatCannotBeMadeEndsWith74) {
  EXPECT_EQ(ExitCodeFor(CreateRun("/proc/rubato-test", Config())), ExitCode::kIo);
}

}  // namespace
}  // namespace rubato
