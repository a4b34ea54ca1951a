#include "credit/lease_policy.h"

#include <algorithm>

namespace rubato {

StepInterval VersionBound(uint64_t step, uint32_t max_staleness, uint64_t oldest_version) {
  const uint64_t within_bound = step - std::min<uint64_t>(step, max_staleness);
  return {std::max(within_bound, oldest_version), step};
}

std::optional<StepInterval> VersionsForGroup(const LeaseSnapshot& snapshot, uint64_t step) {
  if (snapshot.stopped || !snapshot.current_version || step >= snapshot.steps) return std::nullopt;
  if (step < snapshot.next_uncommitted_step) return std::nullopt;
  if (step - snapshot.next_uncommitted_step > snapshot.max_staleness) return std::nullopt;
  const StepInterval versions = VersionBound(step, snapshot.max_staleness, snapshot.oldest_version);
  // While recorded steps are replayed, the current version can be older than all of them.
  if (versions.oldest > *snapshot.current_version) return std::nullopt;
  return versions;
}

std::optional<StepInterval> VersionsForEvaluation(const LeaseSnapshot& snapshot, uint64_t step) {
  if (snapshot.stopped || snapshot.current_version != step) return std::nullopt;
  return StepInterval{step, step};
}

uint64_t ShareOfWork(uint64_t free_samples, uint64_t capacity, uint64_t askers, uint32_t group_size) {
  if (askers <= 1) return std::min(free_samples, capacity);
  const uint64_t fair = (free_samples + askers - 1) / askers;
  const uint64_t whole_groups = (fair + group_size - 1) / group_size * group_size;
  return std::min({free_samples, capacity, whole_groups});
}

}  // namespace rubato
