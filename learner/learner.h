// One learner rank: joins the run, trains every step it is given, serves the weights it makes, ends.
//
// Threading: RunLearner blocks; it is called once per process.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "comm/communicator.h"

namespace rubato {

struct LearnerOptions {
  std::string hub_address;
  int rank = 0;
  int world = 1;
  std::string model_directory;
  std::string run_directory;
  int threads = 1;
  std::string metrics_listen = "127.0.0.1:0";
  std::string weights_listen = "127.0.0.1:0";  // rank 0
  CommBackend backend = CommBackend::kGloo;
};

// How a rank ended without an error.
enum class LearnerEnd {
  kFinished,  // all steps are committed, and evaluated: exit 0
  kDrained,   // the run winds down and a checkpoint is written: exit 75
};

// The exit codes that ExitCodeFor gives its errors: 65 where model, options or checkpoints do not fit the
// run; 69 where the hub is gone; 70 for a digest that differs from the recorded one and for values that are
// not finite; 74 for a checkpoint that cannot be written; 75 where another rank is gone or the hub knows a
// newer generation.
absl::StatusOr<LearnerEnd> RunLearner(const LearnerOptions& options);

}  // namespace rubato
