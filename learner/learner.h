// One learner rank: joins the run, trains every step it is given, serves the weights it makes, ends.
//
// Threading: RunLearner blocks; it is called once per process.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace rubato {

struct LearnerOptions {
  std::string hub_address;
  int rank = 0;
  int world = 1;
  std::string model_directory;
  std::string run_directory;
  int threads = 1;
  std::string metrics_listen = "127.0.0.1:0";
  std::string weights_listen = "127.0.0.1:0";
};

// How a rank ended without an error.
enum class LearnerEnd {
  kFinished,  // all steps are committed: exit 0
  kDrained,   // the run winds down, a checkpoint is written: exit 75
};

// ABORTED and UNAVAILABLE: another rank or the hub is gone, what is committed is safe: exit 75.
// INVALID_ARGUMENT, FAILED_PRECONDITION: model, options or run do not fit: exit 65.
// DATA_LOSS, INTERNAL: a digest differs from the recorded one, or a value is not finite: exit 70.
absl::StatusOr<LearnerEnd> RunLearner(const LearnerOptions& options);

}  // namespace rubato
