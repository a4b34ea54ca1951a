// Whole runs of real processes for tests: starts `rubato up` in a directory of the test's own, kills roles by
// name, waits with a deadline, reads what the run wrote.
//
//   auto run = LiveRun::Start({.overrides = {"run.steps=6"}});
//   ASSERT_TRUE(run.ok()) << run.status();
//   ASSERT_EQ((*run)->WaitForCommit(2, absl::Seconds(60)), absl::OkStatus());
//   ASSERT_EQ((*run)->Kill("worker-0", SIGKILL), absl::OkStatus());
//   EXPECT_EQ((*run)->WaitForExit(absl::Seconds(120)).value(), 0) << (*run)->Describe();
//
// Owned by one thread, the one that started it; the destructor kills the whole tree.  Targets that use it are
// `exclusive` and need data = ["//tests/integration:programs"].
//
// Names of roles: "credit", "worker-0", "worker-1", ..., "rank-0", "rank-1", ...

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/json.h"
#include "common/process.h"

namespace rubato {

// A place in the learner where a rank kills itself once (learner/failpoint.h).
struct RankFailpoint {
  int rank = 0;
  std::string name;  // "before_all_reduce"
  uint64_t step = 0;
};

struct LiveRunOptions {
  int workers = 2;
  int ranks = 2;
  // "section.key=value", after those of the tiny configuration (see harness.cc: a few small steps of the
  // Countdown example).
  std::vector<std::string> overrides = {};
  std::vector<std::string> up_flags = {};  // further arguments of `rubato up`
  std::optional<RankFailpoint> failpoint = {};
  // Programs to be played by a bash script instead: {"rubato-rollout", "exit 70"}.
  std::map<std::string, std::string> scripts = {};
  std::string directory = {};  // empty: a fresh one under the test's temporary directory
  std::string resume = {};     // run directory of an earlier LiveRun: `rubato up --resume`
};

// A program of the product, "credit/rubato-credit", as an absolute path.
std::string ProgramPath(const std::string& path);

// A new directory under the test's temporary one.
std::string FreshDirectory();

// DIRECTORY/tiny.yaml and the data it names.
absl::Status WriteTinyRun(const std::string& directory, int ranks);

class LiveRun {
 public:
  // Does not wait for anything but the start of `rubato up` itself.
  static absl::StatusOr<std::unique_ptr<LiveRun>> Start(const LiveRunOptions& options);
  ~LiveRun();

  // The run directory: config.yaml, ledger/, metrics.jsonl, logs/, checkpoints/.
  const std::string& run_directory() const { return run_directory_; }

  // Until step `step` (0-based) has been committed, as ledger/history.jsonl tells.  DEADLINE_EXCEEDED, or
  // FAILED_PRECONDITION when `rubato up` ended first; both with Describe().
  absl::Status WaitForCommit(uint64_t step, absl::Duration timeout);

  // Until history.jsonl holds an event of that name.  Errors as WaitForCommit.
  absl::Status WaitForEvent(const std::string& event, absl::Duration timeout);

  // The process that plays `role` now.  NOT_FOUND: none was started, or it has ended.
  absl::StatusOr<pid_t> PidOf(const std::string& role) const;
  // How often `role` has been started.
  int StartsOf(const std::string& role) const;

  // Until `rubato up` has printed `text`.  Errors as WaitForCommit.
  absl::Status WaitForOutput(const std::string& text, absl::Duration timeout);

  // Until `role` has been started `starts` times.  Errors as WaitForCommit.
  absl::Status WaitForStart(const std::string& role, int starts, absl::Duration timeout);

  // Sends `signal` to the process group of `role`.
  absl::Status Kill(const std::string& role, int signal);
  // Sends `signal` to `rubato up` alone: SIGINT drains, a second one ends.
  void SignalUp(int signal);

  // How `rubato up` ended: its exit code, or 128 + signal.  DEADLINE_EXCEEDED with Describe().
  absl::StatusOr<int> WaitForExit(absl::Duration timeout);

  // Lines of the run's files so far; a last line that is still being written is left out.
  std::vector<Json> History() const;
  std::vector<Json> Metrics() const;
  // Of the whole run, earlier lives included; a step that was replayed counts once.
  std::set<uint64_t> CommittedSteps() const;
  // What `rubato up` printed, and what one role wrote to logs/ROLE.log.
  std::string Output() const;
  std::string Log(const std::string& role) const;

  // For failure messages: the output of `up` and the last lines of each log.
  std::string Describe() const;

 private:
  LiveRun() = default;
  absl::Status WaitUntil(const std::string& what, absl::Duration timeout, const std::function<bool()>& done);
  // Events of that name about `role` in logs/up.log.
  std::vector<Json> UpEvents(const std::string& name, const std::string& role) const;

  std::string directory_;
  std::string run_directory_;
  std::optional<Subprocess> up_;
};

}  // namespace rubato
