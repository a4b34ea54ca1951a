// From one complete group to advantages and token weights: the one call the hub makes.
// Pure; safe from any thread.

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/advantages.h"
#include "credit/credit_settings.h"
#include "credit/token_weights.h"
#include "stats/decoded_stats.h"

namespace rubato {

// One terminal sample of the group, in index order.
struct GroupSample {
  bool ok = false;    // verified and acceptable; only then is `reward` read and the sample credited
  double reward = 0;  // finite when ok
  int response_tokens = 0;
  const DecodedStats* stats = nullptr;    // null: nothing was measured
  std::span<const TokenRole> roles = {};  // [response_tokens]; empty: every token is trained
  std::span<const float> entropies = {};  // [response_tokens] C15, nats; empty: not given
  DrawKey draw = {};
};

// What its statistics were worth.  Anything but kOk leaves gamma at 1 and counts against coverage.
enum class StatsStatus {
  kOk,
  kIncomplete,  // a response row was not measured
  kMissing,     // nothing was measured
};

struct CreditedSample {
  bool ok = false;  // as given; nothing below is filled in otherwise
  double advantage = 0;
  StatsStatus stats_status = StatsStatus::kMissing;
  TokenWeights weights;
};

// What becomes of the group.
enum class GroupFate {
  kTrained,
  kTooFewOk,      // dropped: fewer ok samples than min_ok
  kZeroVariance,  // dropped: all rewards are equal and keep_zero_variance is off
};

struct CreditedGroup {
  GroupFate fate = GroupFate::kTrained;
  // Over the ok samples, values in their order; empty when there are too few.  `zero_variance` is set also
  // when the group is kept.
  GroupAdvantages advantages;
  // One per sample of the group, in its order; filled in for ok samples unless kTooFewOk, so that a dropped
  // group can still be explained.
  std::vector<CreditedSample> samples;
};

// Rules of membership, from the batch section.
struct GroupRules {
  int min_ok = 2;  // resolved, see ResolveMinOk
  bool keep_zero_variance = false;
};

// INVALID_ARGUMENT naming the sample's index: a reward that is not finite, statistics or roles of another
// length than the response.
absl::StatusOr<CreditedGroup> CreditGroup(const CreditSettings& settings, const GroupRules& rules,
                                          std::span<const GroupSample> group);

// Names for ledger, metrics and messages: "trained", "too_few_ok", "zero_variance"; "ok", "incomplete",
// "missing".
std::string_view Name(GroupFate fate);
std::string_view Name(StatsStatus status);

}  // namespace rubato
