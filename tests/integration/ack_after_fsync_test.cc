// What strace sees of the hub: no acknowledgement leaves before the payload's fdatasync and the transaction's
// fsync.

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/file.h"
#include "credit/hub_inputs.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_over_grpc_client.h"
#include "tests/integration/harness.h"
#include "tests/integration/traced_hub.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Seconds(60);

// Bytes as strace -xx writes them, in paths too.
std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += absl::StrFormat("\\x%02x", static_cast<unsigned char>(byte));
  return text;
}

// SubmitReply {fencing {run_epoch 1, hub_incarnation 1}, outcomes {ACCEPTED}}.
const std::string kAccepted = Hex(std::string_view("\x0a\x04\x08\x01\x10\x01\x12\x02\x08\x01", 10));

// What is on its way to the disk when the hub says "accepted".
class Order {
 public:
  // One line of strace -f -y: "PID call(FD<PATH>, ...) = RESULT", possibly cut in two where threads
  // interleave.
  void Read(const std::string& line) {
    const std::string pid = line.substr(0, line.find(' '));
    if (absl::StrContains(line, "resumed>")) {
      if (absl::StrContains(line, "sync resumed>") && absl::StrContains(line, "= 0"))
        Synced(unfinished_[pid]);
      return;
    }
    const bool unfinished = absl::StrContains(line, "<unfinished ...>");
    if (absl::StrContains(line, "sendmsg(") && absl::StrContains(line, kAccepted)) return Accepted(line);
    if (absl::StrContains(line, "sync(")) {
      if (unfinished) {
        unfinished_[pid] = line;
      } else if (absl::StrContains(line, "= 0")) {
        Synced(line);
      }
    } else {
      Written(line);
    }
  }

  int accepted() const { return accepted_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct File {
    int writes = 0;  // since the last acknowledgement
    bool dirty = false;
  };

  static bool IsSegment(const std::string& line) { return absl::StrContains(line, Hex(".seg") + ">"); }
  static bool IsTransaction(const std::string& line) {
    return absl::StrContains(line, Hex("ledger.sqlite-wal") + ">");
  }

  void Written(const std::string& line) {
    if (IsSegment(line)) Touch(&segment_);
    if (!IsTransaction(line)) return;
    if (segment_.dirty)
      violations_.push_back("the transaction is written before the payload is durable: " + line);
    Touch(&transaction_);
  }
  static void Touch(File* file) {
    file->dirty = true;
    ++file->writes;
  }
  void Synced(const std::string& line) {
    if (IsSegment(line)) segment_.dirty = false;
    if (IsTransaction(line)) transaction_.dirty = false;
  }
  void Accepted(const std::string& line) {
    ++accepted_;
    if (segment_.dirty || transaction_.dirty)
      violations_.push_back("acknowledged before it is durable: " + line);
    if (segment_.writes == 0 || transaction_.writes == 0)
      violations_.push_back("acknowledged unwritten: " + line);
    segment_.writes = transaction_.writes = 0;
  }

  File segment_, transaction_;
  std::map<std::string, std::string> unfinished_;  // line by thread
  int accepted_ = 0;
  std::vector<std::string> violations_;
};

absl::StatusOr<HubInputs> InputsOf(const std::string& config_path) {
  Problems problems;
  return LoadHubInputs(LoadRunConfig(config_path, {}, &problems));
}

TEST(Acknowledgement, LeavesAfterPayloadAndTransactionAreDurable) {
  ASSERT_TRUE(fs::exists(kStrace)) << "install strace (bazel/apt-packages.txt)";
  const std::string directory = FreshDirectory();
  ASSERT_EQ(WriteTinyRun(directory, 1), absl::OkStatus());
  absl::StatusOr<HubInputs> inputs = InputsOf(directory + "/tiny.yaml");
  ASSERT_TRUE(inputs.ok()) << inputs.status();

  TracedHub hub = TracedHub::Start(
      directory, {"-y", "-xx", "-s", "512", "-e", "trace=write,writev,pwrite64,fsync,fdatasync,sendmsg", "-o",
                  directory + "/trace"});
  ASSERT_NE(hub.address, "") << ReadFile(directory + "/log").value_or("");

  const std::unique_ptr<HubConversation> conversation = ConnectToHub(hub.address);
  FakeWorker worker(conversation.get(), &*inputs, "worker-0", 0);
  FakeLearner learner(conversation.get(), &*inputs, 1, 0);
  for (int round = 0; round < 3; ++round) {
    const absl::Status worked = worker.Work(8);
    ASSERT_TRUE(worked.ok()) << worked;
    const absl::Status trained = learner.Work();
    ASSERT_TRUE(trained.ok()) << trained;
  }
  hub.process->Kill(SIGTERM);
  ASSERT_TRUE(hub.process->Wait(kPatience).has_value());

  Order order;
  const std::string trace = ReadFile(directory + "/trace").value_or("");
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(trace, '\n'))) order.Read(line);
  EXPECT_EQ(order.accepted(), static_cast<int>(worker.acknowledged().size()));
  EXPECT_GE(order.accepted(), 12);
  EXPECT_EQ(order.violations(), std::vector<std::string>());
}

}  // namespace
}  // namespace rubato
