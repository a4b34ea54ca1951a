#include "credit/credit_tally.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace rubato {

void CreditTally::Add(const CreditedSample& sample) {
  if (!sample.ok) return;
  ++samples_;
  if (sample.stats_status == StatsStatus::kOk) ++covered_;
  tokens_ += static_cast<int64_t>(sample.weights.gamma.size());
  for (double gamma : sample.weights.gamma) {
    gamma_sum_ += gamma;
    gamma_max_ = std::max(gamma_max_, gamma);
  }
  reasons_ += sample.weights.reasons;
}

double CreditTally::Coverage() const {
  return samples_ == 0 ? 1 : static_cast<double>(covered_) / static_cast<double>(samples_);
}

double CreditTally::GammaMean() const { return tokens_ == 0 ? 1 : gamma_sum_ / static_cast<double>(tokens_); }

absl::Status CreditTally::CheckCoverage(Scheme scheme, double min_coverage) const {
  if (!NeedsStatistics(scheme) || Coverage() >= min_coverage) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "only ", covered_, " of ", samples_,
      " samples have whole attention statistics, below credit.min_coverage = ", min_coverage,
      "; the others would train at weight 1. Look for workers that drop the last row or send no statistics"));
}

}  // namespace rubato
