// A pool of rubato-verify processes that judges responses out of process.
//
// Each process is driven by one thread of the pool, which keeps several requests in the pipe (a verdict takes
// microseconds). A process that exceeds the wall clock of a verdict, writes too much or nonsense, or dies, is
// killed with its process group and replaced; the request it was working on is charged with an attempt, those
// behind it are not. A verifier that failed is never a reward of zero: the verdict says `timeout` or
// `crashed`.
//
// Thread-safe. The destructor kills the processes and answers what is outstanding as `crashed`.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tasks/verifier.h"

namespace rubato {

struct VerifierPoolOptions {
  std::string program;                         // path of rubato-verify
  std::string verifier = "countdown";          // name for MakeVerifier
  int processes = 1;                           // 1 to 256
  absl::Duration timeout = absl::Seconds(10);  // wall clock of one verdict
  int retries = 2;                             // further attempts after a timeout or a crash
  int pipeline = 64;                           // requests in the pipe of one process, at least 1
  size_t output_bytes = 64 << 10;              // longest answer to one request
  size_t memory_bytes = size_t{1} << 30;       // address space of one process
  bool limit_resources = true;                 // memory, open files, file sizes; off under sanitizers only
  size_t queue_requests = 1 << 16;             // Submit blocks while so many wait

  // INVALID_ARGUMENT: names the field and its value.
  absl::Status Validate() const;
};

struct Judgement {
  enum class Outcome { kOk, kTimeout, kCrashed };
  Outcome outcome = Outcome::kCrashed;
  double reward = 0;              // sum of the parts; only for kOk
  std::vector<RewardTerm> parts;  // only for kOk
  std::string detail;             // why it failed; empty for kOk
  int attempts = 0;
};

class VerifierPool {
 public:
  // Starts the processes. INVALID_ARGUMENT: options. NOT_FOUND: no such program. UNAVAILABLE: could not be
  // started.
  static absl::StatusOr<std::unique_ptr<VerifierPool>> Start(const VerifierPoolOptions& options);
  virtual ~VerifierPool() = default;

  // Calls `done` exactly once: on a thread of the pool, or within Submit if the request cannot be sent at all
  // (`row_json` is not JSON, or both are too long). It must be quick and must not call the pool.
  // Blocks only while the queue is full.
  virtual void Submit(std::string row_json, std::string response, std::function<void(Judgement)> done) = 0;

  // The same, waiting for the verdict: at most about (retries + 1) * timeout from when its turn comes.
  Judgement Judge(std::string row_json, std::string response);

  struct Counts {
    uint64_t ok = 0;
    uint64_t timeout = 0;
    uint64_t crashed = 0;
    uint64_t restarts = 0;  // processes replaced after a failure
    uint64_t waiting = 0;   // submitted and without a verdict
  };
  virtual Counts counts() const = 0;
};

}  // namespace rubato
