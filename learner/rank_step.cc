#include "learner/rank_step.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/status.h"
#include "learner/failpoint.h"
#include "learner/stopwatch.h"
#include "learner/training_sample.h"

namespace rubato {
namespace {

// Floats of one all-reduce: large enough for the wire, and never the whole gradient at once.
int64_t BucketFloats(int64_t size) { return std::min<int64_t>((size + 1) / 2, int64_t{4} << 20); }

std::string CallName(const char* what, uint64_t step) { return absl::StrCat(what, ", step ", step); }

}  // namespace

absl::StatusOr<StepResult> RankStep::Run(const GetBatchReply& batch, const WeightVersion& held) {
  const uint64_t step = batch.step();
  StepResult result;
  auto& seconds = *result.report.mutable_seconds();
  Stopwatch watch;
  ASSIGN_OR_RETURN(StepTally tally, ComputeGradient(batch, held));
  seconds["forward_backward"] = watch.Lap();

  ReachFailpoint("before_all_reduce", step);
  RETURN_IF_ERROR(AgreeOnFiniteness(batch, tally));
  RETURN_IF_ERROR(AllReduceGradient(step));
  RETURN_IF_ERROR(tally.AllReduce(&comm_, CallName("all-reduce of measurements", step)));
  ReachFailpoint("after_all_reduce", step);
  seconds["all_reduce"] = watch.Lap();

  tally.Report(&result.report);
  // A step without samples updates nothing, moments included.
  if (batch.normalizers().samples() > 0) {
    const Trainer::Applied applied = trainer_.Apply(step);
    result.report.set_grad_norm(applied.grad_norm);
    result.report.set_learning_rate(applied.learning_rate);
  }
  ASSIGN_OR_RETURN(result.digest, AgreeOnWeights(step));
  seconds["apply"] = watch.Lap();
  return result;
}

absl::StatusOr<StepTally> RankStep::ComputeGradient(const GetBatchReply& batch, const WeightVersion& held) {
  std::vector<TrainingSample> samples;
  for (const BatchSample& sample : batch.samples()) {
    ASSIGN_OR_RETURN(TrainingSample unpacked,
                     UnpackSample(sample, batch.normalizers(), config_, trainer_.model(), held));
    samples.push_back(std::move(unpacked));
  }
  return trainer_.ComputeGradient(samples);
}

absl::Status RankStep::AgreeOnFiniteness(const GetBatchReply& batch, const StepTally& tally) {
  const bool finite =
      std::isfinite(tally.sums.loss) && std::isfinite(GradientNorm(trainer_.gradient().floats()));
  std::string saved;
  if (!finite) {
    saved = absl::StrCat(run_directory_, "/nonfinite-step-", batch.step(), ".rank-", comm_.rank(), ".pb");
    RETURN_IF_ERROR(WriteFileAtomically(saved, batch.SerializeAsString()));
  }
  ASSIGN_OR_RETURN(const int64_t all_finite,
                   comm_.AllReduceMin(finite ? 1 : 0, CallName("agreement on finiteness", batch.step())));
  if (all_finite == 1) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("step ", batch.step(), ": loss or gradient is not finite, ",
                                          finite ? "on another rank" : "this rank's batch is in " + saved,
                                          "; nothing was applied"));
}

absl::Status RankStep::AllReduceGradient(uint64_t step) {
  const std::span<float> gradient = trainer_.gradient().floats();
  const int64_t size = static_cast<int64_t>(gradient.size());
  const int64_t bucket = BucketFloats(size);
  for (int64_t first = 0; first < size; first += bucket) {
    if (first > 0) ReachFailpoint("during_all_reduce", step);
    RETURN_IF_ERROR(comm_.AllReduceSum(gradient.subspan(first, std::min(bucket, size - first)),
                                       CallName("all-reduce of gradients", step)));
  }
  return absl::OkStatus();
}

absl::StatusOr<SlabDigest> RankStep::AgreeOnWeights(uint64_t step) {
  SlabDigest digest = DigestSlab(trainer_.weights().bytes());
  ASSIGN_OR_RETURN(const bool equal, comm_.AllEqual(digest.version, CallName("comparison of weights", step)));
  if (equal) return digest;
  return absl::InternalError(absl::StrCat("step ", step, ": ranks made different weights; rank ",
                                          comm_.rank(), " has ", ToHex(digest.version)));
}

}  // namespace rubato
