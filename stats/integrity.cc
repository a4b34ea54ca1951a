#include "stats/integrity.h"

#include <cmath>
#include <span>
#include <string_view>

#include "common/concat.h"
#include "common/status.h"
#include "stats/attention_record.h"

namespace rubato {
namespace {

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(Concat("statistics: ", what)); }

absl::Status CheckLength(std::string_view field, size_t length, int expected) {
  if (length == static_cast<size_t>(expected)) return absl::OkStatus();
  return Bad(Concat(field, " has ", length, " values; it must have ", expected));
}

absl::Status CheckShape(const DecodedStats& stats) {
  const int tokens = stats.response_tokens;
  if (tokens < 1) return Bad(Concat("response_tokens is ", tokens, "; a response has at least 1"));
  if (stats.measured_rows < 0 || stats.measured_rows > tokens) {
    return Bad(Concat("measured_rows is ", stats.measured_rows, "; it must be in 0..", tokens));
  }
  RETURN_IF_ERROR(CheckLength("d", stats.d.size(), stats.capture.HeadCount()));
  RETURN_IF_ERROR(CheckLength("waad", stats.waad.size(), tokens));
  return CheckLength("fai", stats.fai.size(), tokens);
}

// One value per token: NaN where `defined(t)` is false, and nowhere else; otherwise in 0..max.
template <typename Defined>
absl::Status CheckSeries(std::string_view field, std::span<const float> values, double max, Defined defined) {
  for (size_t t = 0; t < values.size(); ++t) {
    const float value = values[t];
    if (!defined(static_cast<int>(t))) {
      if (std::isnan(value)) continue;
      return Bad(Concat(field, "[", t, "] is ", value, ", where it is undefined; it must be NaN"));
    }
    if (value >= 0 && value <= max) continue;
    return Bad(Concat(field, "[", t, "] is ", value, "; it must be in 0..", max));
  }
  return absl::OkStatus();
}

absl::Status CheckRanking(const DecodedStats& stats) {
  ASSIGN_OR_RETURN(const HeadRanking ranking, RankHeads(stats.d, stats.capture.head_share));
  if (ranking == stats.ranking) return absl::OkStatus();
  return Bad("the head sets are not those that ranking d gives");
}

absl::Status CheckMeanDistance(const DecodedStats& stats) {
  if (stats.measured_rows == 0) return absl::OkStatus();
  double waad = 0, distance = 0;
  for (int t = 0; t < stats.measured_rows; ++t) waad += stats.waad[t];
  for (int head : stats.ranking.local) distance += stats.d[head];
  waad /= stats.measured_rows;
  distance /= static_cast<double>(stats.ranking.local.size());
  if (waad <= distance + kRangeSlack * (1 + distance)) return absl::OkStatus();
  return Bad(
      Concat("the mean of waad is ", waad, ", above the mean distance of the local heads, ", distance));
}

}  // namespace

absl::Status CheckStats(const DecodedStats& stats) {
  const Capture& capture = stats.capture;
  RETURN_IF_ERROR(CheckShape(stats));
  RETURN_IF_ERROR(CheckRanking(stats));
  RETURN_IF_ERROR(CheckSeries("waad", stats.waad, capture.w, [&](int t) { return t < stats.measured_rows; }));
  RETURN_IF_ERROR(CheckSeries("fai", stats.fai, 1, [&](int s) {
    return FutureRowCount(s, stats.measured_rows, capture.h_lo, capture.h_hi) > 0;
  }));
  return CheckMeanDistance(stats);
}

}  // namespace rubato
