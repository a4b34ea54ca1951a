#include "learner/step_tally.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "common/status.h"

namespace rubato {
namespace {

// A struct of doubles as the array that it is.
template <typename T>
std::span<double> Doubles(T* values) {
  static_assert(sizeof(T) % sizeof(double) == 0);
  return {reinterpret_cast<double*>(values), sizeof(T) / sizeof(double)};
}

}  // namespace

void StepTally::Add(const StepTally& other) {
  StepTally copy = other;
  const std::span<double> to = Doubles(&sums), from = Doubles(&copy.sums);
  for (size_t i = 0; i < to.size(); ++i) to[i] += from[i];
  maxima.ratio = std::max(maxima.ratio, other.maxima.ratio);
  maxima.gap = std::max(maxima.gap, other.maxima.gap);
}

absl::Status StepTally::AllReduce(Communicator* comm, const std::string& call) {
  RETURN_IF_ERROR(comm->AllReduceSum(Doubles(&sums), call));
  return comm->AllReduceMax(Doubles(&maxima), call);
}

void StepTally::Report(StepReport* report) const {
  const double tokens = std::max(sums.tokens, 1.0);
  report->set_loss(sums.loss);
  report->set_clip_fraction(sums.clipped / tokens);
  report->set_ratio_mean(sums.ratio / tokens);
  report->set_ratio_max(maxima.ratio);
  report->set_approx_kl(sums.kl / tokens);
  report->set_entropy_mean(sums.entropy / tokens);
  report->set_logprob_gap_max(maxima.gap);
  report->set_logprob_gap_tokens(static_cast<uint64_t>(sums.gap_tokens));
  report->set_tokens(static_cast<uint64_t>(sums.tokens));
}

}  // namespace rubato
