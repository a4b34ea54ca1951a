#include "cli/restart_policy.h"

#include <algorithm>

namespace rubato {

std::optional<absl::Duration> RestartPolicy::OnDeath(const std::string& role) const {
  const int starts = StartsOf(role);
  if (starts >= kMostStarts) return std::nullopt;
  const int doublings = std::max(starts - 1, 0);
  return std::min(absl::Milliseconds(500) * (1 << doublings), absl::Seconds(8));
}

void RestartPolicy::OnProgressOfAll() {
  for (auto& [role, starts] : starts_) starts = 0;
}

int RestartPolicy::StartsOf(const std::string& role) const {
  const auto found = starts_.find(role);
  return found == starts_.end() ? 0 : found->second;
}

}  // namespace rubato
