#include "rollout/swap_policy.h"

namespace rubato {
namespace {

using Action = SwapDecision::Action;

std::optional<ServedVersion> NewestAllowed(const SwapSnapshot& s) {
  std::optional<ServedVersion> best;
  for (const ServedVersion& v : s.available) {
    if (s.allowed.Contains(v) && (!best || v.step > best->step)) best = v;
  }
  return best;
}

bool MaySwapInFlight(const SwapSnapshot& s, const ServedVersion& target) {
  return !s.in_flight_exact && !s.allowed.exact() && s.serving && s.serving->lineage == target.lineage &&
         s.serving->step < target.step;
}

}  // namespace

SwapDecision DecideSwap(const SwapSnapshot& s) {
  const bool serving_allowed = s.serving && s.allowed.Contains(*s.serving);
  const std::optional<ServedVersion> target = NewestAllowed(s);
  if (!target) return {serving_allowed ? Action::kServe : Action::kNoSource, {}};
  if (serving_allowed && s.serving->step >= target->step) return {Action::kServe, {}};
  if (!s.in_flight || MaySwapInFlight(s, *target)) return {Action::kSwap, *target};
  return {serving_allowed ? Action::kServe : Action::kWaitUntilIdle, *target};
}

}  // namespace rubato
