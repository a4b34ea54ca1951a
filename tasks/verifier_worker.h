// One thread of a verifier pool and the process it drives.
//
// It keeps up to `pipeline` requests in the pipe and reads the answers in order, so the oldest of them is the
// one that the process works on: the wall clock of a verdict runs from when it became the oldest, and a
// failure is charged to it alone.
//
// Stop and the destructor are called from outside; all else happens on its own thread.

#pragma once

#include <atomic>
#include <deque>
#include <future>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/unique_fd.h"
#include "tasks/line_process.h"
#include "tasks/verdict_queue.h"
#include "tasks/verifier_pool.h"

namespace rubato {

struct VerdictCounters {
  std::atomic<uint64_t> ok = 0, timeout = 0, crashed = 0, restarts = 0, submitted = 0;

  void Count(Judgement::Outcome outcome);
};

class VerifierWorker {
 public:
  // Both outlive the worker.
  VerifierWorker(const VerifierPoolOptions& options, VerdictQueue* queue, VerdictCounters* counters);
  // Stops.
  ~VerifierWorker();

  // Starts thread and process; the error if the process could not be started. Call once.
  absl::Status Start();
  // The queue must be closed. Kills the process, hands what it had in the pipe back to the queue and ends the
  // thread.
  void Stop();

 private:
  void Run(std::promise<absl::Status> started);
  absl::Status StartProcess();
  void Refill();
  void AwaitAnswer();
  void Finish(const std::string& line);
  void Fail(Judgement::Outcome outcome, std::string detail);

  const VerifierPoolOptions options_;
  VerdictQueue* const queue_;
  VerdictCounters* const counters_;
  UniqueFd stop_;  // readable once the worker is to stop
  std::thread thread_;

  std::optional<LineProcess> process_;
  std::deque<PendingVerdict> in_flight_;
  absl::Time oldest_since_;
};

}  // namespace rubato
