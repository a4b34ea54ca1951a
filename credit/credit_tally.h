// Running sums over credited samples: what the hub reports of a step, and whether its statistics cover enough
// of it.  Not synchronised: the owner adds from one thread.

#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "credit/group_credit.h"

namespace rubato {

class CreditTally {
 public:
  // Counts one sample; one that is not ok counts nowhere.
  void Add(const CreditedSample& sample);

  int64_t samples() const { return samples_; }  // ok samples
  int64_t covered() const { return covered_; }  // those whose statistics are whole
  int64_t tokens() const { return tokens_; }
  const WeightReasons& reasons() const { return reasons_; }

  // Share of samples whose statistics are whole; 1 for no samples.
  double Coverage() const;
  // Over all tokens of the samples; 1 for no tokens.
  double GammaMean() const;
  double GammaMax() const { return gamma_max_; }

  // OK, or FAILED_PRECONDITION with both numbers: coverage is below `min_coverage` and `scheme` needs
  // statistics. The run must stop: weights of 1 would quietly make it another method.
  absl::Status CheckCoverage(Scheme scheme, double min_coverage) const;

 private:
  int64_t samples_ = 0;
  int64_t covered_ = 0;
  int64_t tokens_ = 0;
  double gamma_sum_ = 0;
  double gamma_max_ = 1;
  WeightReasons reasons_;
};

}  // namespace rubato
