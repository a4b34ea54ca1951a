#pragma once

#include <stop_token>
#include <string>

#include "absl/status/status.h"

namespace rubato {

struct WorkerOptions {
  std::string hub_address;
  std::string name = "worker-0";
  std::string model_directory;  // config and tokenizer; weights come from the learner
  std::string verify_program;   // path of rubato-verify
  std::string metrics_listen = "127.0.0.1:0";
  int capacity = 64;  // samples decoded together
  int threads = 1;
  int64_t kv_bytes = int64_t{1} << 30;

  // INVALID_ARGUMENT: names the option and its value.
  absl::Status Validate() const;
};

// One rollout worker, from hello to the end of the run: leases, generates, measures, has judged, submits.
//
//   lease thread  -> [leased]    -> generating thread (the caller's) -> [generated] -> submit thread
//   renew thread     keeps all leases alive until their last sample is settled
//
// OK: the hub drained, or `stop` was requested: then what is not finished was given back.  UNAVAILABLE: the
// hub stayed away.  FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND: model, tokenizer or options do not fit
// the run. ABORTED: another epoch of the run.  DATA_LOSS, INTERNAL: this process cannot be trusted.
absl::Status RunWorker(const WorkerOptions& options, std::stop_token stop);

}  // namespace rubato
