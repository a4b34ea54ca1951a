// Processes that do not belong to a run, or not any more, against a run that is alive.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "common/concat.h"
#include "common/file.h"
#include "tests/integration/harness.h"
#include "tests/integration/program.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(60);

// One run for all tests: none of them may disturb it.
class Peers : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    run_ = LiveRun::Start({.overrides = {"run.steps=100000"}}).value().release();
    ASSERT_EQ(run_->WaitForCommit(0, kPatience), absl::OkStatus());
    const std::string address = ReadFile(run_->run_directory() + "/hub.address").value();
    hub_ = new std::string(address.substr(0, address.find('\n')));
    model_ = new std::string(fs::canonical("examples/countdown/base/config.json").parent_path());
  }
  static void TearDownTestSuite() {
    delete run_;
    delete hub_;
    delete model_;
  }

  // The run goes on after whatever a test did.
  void TearDown() override {
    const uint64_t next = *run_->CommittedSteps().rbegin() + 2;
    EXPECT_EQ(run_->WaitForCommit(next, kPatience), absl::OkStatus());
    for (const char* role : {"credit", "rank-0", "rank-1", "worker-0", "worker-1"})
      EXPECT_EQ(run_->StartsOf(role), 1) << role;
  }

  static Ended Worker(const std::string& name, const std::string& model) {
    return RunProgram({ProgramPath("rollout/rubato-rollout"), "--hub=" + *hub_, "--name=" + name,
                       "--model=" + model, "--verify=" + ProgramPath("tasks/rubato-verify")},
                      kPatience);
  }

  // A copy of the run's model with something appended to one of its files.
  static std::string ModelWith(const std::string& file, const std::string& from, const std::string& to) {
    const fs::path copy = fs::path(FreshDirectory()) / "model";
    fs::create_directories(copy);
    for (const fs::directory_entry& entry : fs::directory_iterator(*model_))
      fs::copy_file(entry, copy / entry.path().filename());
    std::string text = ReadFile(copy / file).value();
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << file << " lacks " << from;
    fs::permissions(copy / file, fs::perms::owner_all);
    std::ofstream(copy / file) << text.replace(at, from.size(), to);
    return copy;
  }

  static LiveRun* run_;
  static std::string* hub_;
  static std::string* model_;
};

LiveRun* Peers::run_ = nullptr;
std::string* Peers::hub_ = nullptr;
std::string* Peers::model_ = nullptr;

TEST_F(Peers, ASecondLearnerForOneRankIsRefusedNamingTheHolder) {
  const Ended ended = RunProgram({ProgramPath("learner/rubato-learner"), "--hub=" + *hub_, "--rank=0",
                                  "--world=2", "--model=" + *model_, "--run=" + run_->run_directory()},
                                 kPatience);
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("rank-0"), HasSubstr(Concat("held by process ", *run_->PidOf("rank-0")))));
}

TEST_F(Peers, ASecondWorkerOfOneNameIsRefusedNamingTheHolder) {
  const Ended ended = Worker("worker-0", *model_);
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("worker-0"), HasSubstr(Concat("held by process ", *run_->PidOf("worker-0")))));
}

TEST_F(Peers, AWorkerWithAnotherModelIsRefusedNamingBoth) {
  const Ended ended = Worker("worker-9", ModelWith("config.json", "\"rope_theta\": ", "\"rope_theta\": 1"));
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("worker-9 has another model (config.json) than the run"),
                                  HasSubstr("the run has")));
}

TEST_F(Peers, AWorkerWithAnotherTokenizerIsRefusedNamingBoth) {
  const Ended ended = Worker("worker-9", ModelWith("tokenizer.json", "{", "{ "));
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("worker-9 has another tokenizer (tokenizer.json) than the run"));
}

TEST_F(Peers, AWorkerWhoseOnlyEndTokenWouldNeverBeSampledSaysSo) {
  const Ended ended =
      Worker("worker-9", ModelWith("generation_config.json", "\"eos_token_id\": 2", "\"eos_token_id\": 30"));
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("tokenizer.json has no token for the end token 30 (eos_token_id)"));
}

TEST_F(Peers, ASecondHubOnOneRunDirectoryIsRefusedNamingTheHolder) {
  const Ended ended = RunProgram({ProgramPath("credit/rubato-credit"), "--run=" + run_->run_directory(),
                                  Concat("--config=", run_->run_directory(), "/config.yaml"), "--resume"},
                                 kPatience);
  EXPECT_EQ(ended.code, 69) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("hub.lock"), HasSubstr(Concat("process ", *run_->PidOf("credit")))));
}

TEST_F(Peers, ASecondUpOnOneRunDirectoryIsRefusedToo) {
  const Ended ended =
      RunProgram({ProgramPath("cli/rubato"), "up", "--resume", run_->run_directory()}, kPatience);
  EXPECT_EQ(ended.code, 69) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("another rubato up (process "));
}

}  // namespace
}  // namespace rubato
