#include "stats/head_ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rubato {
namespace {

absl::Status ValidateRankHeads(std::span<const double> d, double share) {
  if (d.empty()) return absl::InvalidArgumentError("there are no head distances to rank");
  if (!(share > 0 && share <= 0.5)) {
    return absl::InvalidArgumentError(absl::StrCat("head_share is ", share, "; it must be in (0, 0.5]"));
  }
  for (size_t head = 0; head < d.size(); ++head) {
    if (std::isfinite(d[head]) && d[head] >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("d[", head, "] is ", d[head], "; a head distance must be finite and not negative"));
  }
  return absl::OkStatus();
}

}  // namespace

int HeadSetSize(int head_count, double share) {
  return std::max(1, static_cast<int>(std::floor(share * head_count + 1e-9)));
}

absl::StatusOr<HeadRanking> RankHeads(std::span<const double> d, double share) {
  if (absl::Status status = ValidateRankHeads(d, share); !status.ok()) return status;
  std::vector<int> order(d.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return d[a] < d[b]; });

  const int size = HeadSetSize(static_cast<int>(d.size()), share);
  HeadRanking ranking{{order.begin(), order.begin() + size}, {order.end() - size, order.end()}};
  std::sort(ranking.local.begin(), ranking.local.end());
  std::sort(ranking.global.begin(), ranking.global.end());
  return ranking;
}

absl::StatusOr<HeadRanking> RankHeads(std::span<const float> d, double share) {
  return RankHeads(std::vector<double>(d.begin(), d.end()), share);
}

bool HeadsAreShared(const HeadRanking& ranking) { return ranking.local == ranking.global; }

}  // namespace rubato
