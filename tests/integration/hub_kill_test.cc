// The hub killed in the middle of its writes: at every few of its write, pwrite64, fdatasync and fsync calls
// in turn. Whatever it had acknowledged is there afterwards, and the run ends as if nothing had happened.

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/file.h"
#include "credit/hub_inputs.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_over_grpc_client.h"
#include "tests/integration/harness.h"
#include "tests/integration/history_checker.h"
#include "tests/integration/traced_hub.h"

namespace rubato {
namespace {

// A prime, so that successive points fall on all kinds of calls of a commit.
constexpr int kStride = 11;
constexpr int kMostPoints = 200;

std::vector<Json> HistoryOf(const std::string& directory) {
  std::vector<Json> events;
  const std::string text = ReadFile(directory + "/run/ledger/history.jsonl").value_or("");
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    events.push_back(Json::Parse(line).value_or(Json()));
  }
  return events;
}

struct Outcome {
  bool killed = false;
  std::string weights;
};

// A whole run whose first hub is killed at its call number `point`; 0: never.
Outcome RunWithAKill(const std::string& directory, const HubInputs& inputs, int point) {
  std::filesystem::remove_all(directory + "/run");
  const std::vector<std::string> strace = {
      "-o", "/dev/null",
      "-e", "trace=write,pwrite64,fdatasync,fsync",
      "-e", Concat("inject=write,pwrite64,fdatasync,fsync:signal=KILL:when=", point)};
  Outcome outcome;
  TracedHub hub = TracedHub::Start(directory, point == 0 ? std::vector<std::string>() : strace);
  const auto start_again = [&] {
    // Only once it is gone: it was killed, or answers one call late.
    if (!hub.process->Wait(absl::Seconds(10))) return hub.address;
    outcome.killed = true;
    hub = TracedHub::Start(directory, {});
    return hub.address;
  };
  if (hub.address.empty()) start_again();
  EXPECT_NE(hub.address, "") << ReadFile(directory + "/log").value_or("");

  const auto conversation = ConnectToHub(hub.address, absl::ZeroDuration(), start_again);
  FakeWorker worker(conversation.get(), &inputs, "worker-0", 0);
  FakeLearner learner(conversation.get(), &inputs, 1, 0);
  for (int round = 0; round < 50 && !learner.finished() && !testing::Test::HasFailure(); ++round) {
    const absl::Status worked = worker.Work(8);
    EXPECT_TRUE(worked.ok()) << worked;
    const absl::Status trained = learner.Work();
    EXPECT_TRUE(trained.ok()) << trained;
  }
  hub.process->Kill(SIGTERM);
  hub.process->Wait(absl::Seconds(30));
  outcome.weights = learner.digest();

  HistoryEnd end;
  EXPECT_EQ(CheckHistory(HistoryOf(directory), &end), "");
  std::set<std::string> acknowledged;
  for (const std::string& name : worker.acknowledged()) {
    if (name.substr(0, 4) != "eval") acknowledged.insert(name);
  }
  EXPECT_EQ(CheckAcknowledged(end, acknowledged), "");
  EXPECT_TRUE(learner.finished());
  return outcome;
}

TEST(HubKill, AtAnyWriteLosesNothingAndChangesNothing) {
  ASSERT_TRUE(std::filesystem::exists(kStrace)) << "install strace (bazel/apt-packages.txt)";
  const std::string directory = FreshDirectory();
  ASSERT_EQ(WriteTinyRun(directory, 1), absl::OkStatus());
  Problems problems;
  RunConfig config = LoadRunConfig(directory + "/tiny.yaml", {"run.steps=1", "eval.rows=2"}, &problems);
  ASSERT_EQ(WriteFileAtomically(directory + "/tiny.yaml", ToYaml(config)), absl::OkStatus());
  const absl::StatusOr<HubInputs> inputs = LoadHubInputs(config);
  ASSERT_TRUE(inputs.ok()) << inputs.status();

  const std::string undisturbed = RunWithAKill(directory, *inputs, 0).weights;
  int kills = 0;
  for (int point = 1; point < kMostPoints * kStride; point += kStride) {
    SCOPED_TRACE(Concat("call ", point));
    const Outcome outcome = RunWithAKill(directory, *inputs, point);
    EXPECT_EQ(outcome.weights, undisturbed);
    if (!outcome.killed || testing::Test::HasFailure()) break;
    ++kills;
  }
  EXPECT_GT(kills, 10);
  RecordProperty("kills", kills);
}

}  // namespace
}  // namespace rubato
