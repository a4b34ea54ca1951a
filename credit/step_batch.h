// The batch of one step, put together from what the ledger holds: the same rows give the same bytes, each
// time. Reads only; the hub's thread, or a reader with its own ledger.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/ledger.h"
#include "credit/run_plan.h"
#include "proto/learner.pb.h"
#include "proto/ledger.pb.h"

namespace rubato {

struct StepBatch {
  uint64_t step = 0;
  std::vector<BatchSample> samples;  // in canonical order: group, then index
  BatchNormalizers normalizers;
  std::string digest;  // BatchDigest, 32 bytes
};

// All groups of the step are terminal.  DATA_LOSS: a payload is damaged, or is not what its row says.
absl::StatusOr<StepBatch> ComposeBatch(const RunPlan& plan, const Ledger& ledger, uint64_t step);

// What metrics and coverage need to know of the step, its dropped samples included.
StepRecord SummarizeStep(const RunPlan& plan, const Ledger& ledger, const StepBatch& batch);

}  // namespace rubato
