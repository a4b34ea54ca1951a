// One line of `rubato credit`: the statistics of one response, read and checked.  Pure; safe from any thread.
//
//   {"id", "advantage": x, "waad": ..., "fai": ..., "d": ...}
//
// With "d", the head distances (C2), "waad" and "fai" hold one list per sampled head, or the two set means if
// they hold numbers; heads count in (layer, head) order, and "layers" with "heads" (per layer) name them,
// otherwise they are heads 0.. of layer 0.  Without "d" both are set means.  null stands where a statistic is
// undefined.  Further members: "entropy" (C15); "group", text or a number, and "sample" (C14); "mask", one
// truth value or 0/1 per token, false where a token is not trained; "ids", the response's tokens, for
// credit.exclude_token_ids.

#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "credit/credit_settings.h"
#include "credit/response_view.h"
#include "stats/head_ranking.h"

namespace rubato {

struct WeighRequest {
  double advantage = 0;
  ResponseView view;
  // Which heads the set means are of; empty sets when the line does not say.
  HeadRanking ranking;
  std::vector<int> layers;  // sampled layers, ascending; at least one
  int heads = 0;            // of each
};

// INVALID_ARGUMENT naming member, position and value: a member that is missing or of another type; lists
// whose lengths differ; a head count that is not layers x heads; WAAD outside 0..w, FAI outside 0..1; a null
// where a statistic is defined, or a value where it is not; a mean of WAAD above the mean d of its set.
absl::StatusOr<WeighRequest> ReadWeighRequest(const Json& line, const CreditSettings& settings);

}  // namespace rubato
