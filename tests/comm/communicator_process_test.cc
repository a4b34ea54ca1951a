// Ranks as processes, one of which is killed or stopped in the middle of the work.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "comm/communicator.h"
#include "comm/rendezvous_store.h"
#include "common/exit_code.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

constexpr int kWorld = 2;

// A rank in a process of its own.  It waits for the address of the store, says that it has begun, and reduces
// until that fails; it ends with the exit code of the failure.
struct RankProcess {
  pid_t pid = 0;
  int address_pipe[2];
  int begun_pipe[2];

  void Start(int rank, absl::Duration timeout) {
    ASSERT_EQ(pipe(address_pipe), 0);
    ASSERT_EQ(pipe(begun_pipe), 0);
    pid = fork();
    if (pid == 0) _exit(Run(rank, timeout));
  }

  int Run(int rank, absl::Duration timeout) {
    char address[64] = {};
    if (read(address_pipe[0], address, sizeof(address) - 1) <= 0) return 1;
    CommOptions options;
    options.store_address = address;
    options.rank = rank;
    options.world = kWorld;
    options.timeout = timeout;
    auto comm = Communicator::Connect(options);
    if (!comm.ok()) return 2;
    std::vector<float> values(100000, 1.0f);
    for (int i = 0;; ++i) {
      const absl::Status status = (*comm)->AllReduceSum(std::span<float>(values), "sum");
      if (!status.ok()) return ToInt(ExitCodeFor(status));
      if (i == 10 && write(begun_pipe[1], "b", 1) != 1) return 3;
    }
  }

  void Meet(const std::string& address) {
    ASSERT_EQ(write(address_pipe[1], address.data(), address.size()), static_cast<ssize_t>(address.size()));
  }
  void WaitUntilBegun() {
    char byte;
    ASSERT_EQ(read(begun_pipe[0], &byte, 1), 1);
  }
  int ExitCodeOf() {
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
};

class TwoProcesses : public testing::Test {
 protected:
  // The ranks are forked before this process has a thread.
  void Begin(absl::Duration timeout) {
    for (int rank = 0; rank < kWorld; ++rank) ranks_[rank].Start(rank, timeout);
    auto store = RendezvousStore::Open("127.0.0.1", timeout);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    for (RankProcess& rank : ranks_) rank.Meet(store_->address());
    for (RankProcess& rank : ranks_) rank.WaitUntilBegun();
    begun_ = absl::Now();
  }

  RankProcess ranks_[kWorld];
  std::unique_ptr<RendezvousStore> store_;
  absl::Time begun_;
};

TEST_F(TwoProcesses, NoticeAtOnceThatTheOtherWasKilled) {
  Begin(absl::Seconds(60));
  kill(ranks_[1].pid, SIGKILL);
  EXPECT_EQ(ranks_[1].ExitCodeOf(), -SIGKILL);
  EXPECT_EQ(ranks_[0].ExitCodeOf(), ToInt(ExitCode::kTryAgain));
  EXPECT_LT(absl::Now() - begun_, absl::Seconds(30));
}

TEST_F(TwoProcesses, GiveUpAtTheTimeoutWhenTheOtherIsStopped) {
  Begin(absl::Seconds(2));
  kill(ranks_[1].pid, SIGSTOP);
  EXPECT_EQ(ranks_[0].ExitCodeOf(), ToInt(ExitCode::kTryAgain));
  EXPECT_GE(absl::Now() - begun_, absl::Milliseconds(1900));
  kill(ranks_[1].pid, SIGKILL);
  EXPECT_EQ(ranks_[1].ExitCodeOf(), -SIGKILL);
}

}  // namespace
}  // namespace rubato
