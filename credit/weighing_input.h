// What the token weights of a stored sample are computed from: its statistics, decoded and checked again, its
// entropies, the roles of its tokens, and which draws are its own.  A value; safe from any thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/credit_settings.h"
#include "credit/response_view.h"
#include "stats/decoded_stats.h"

namespace rubato {

class Sample;

struct WeighingInput {
  std::vector<int32_t> ids;      // [T] response tokens
  DecodedStats stats;            // T tokens
  std::vector<float> entropies;  // [T], nats
  std::vector<TokenRole> roles;  // [T]; kExcluded for the ids of settings.exclude_token_ids
  DrawKey draw;

  ResponseView View() const;
};

// From a sample as the ledger keeps it.  `name` is that of its group or, for an evaluation, of its row;
// `index` its own within it.  INVALID_ARGUMENT: what DecodeAttentionStats refuses, or a sample that is not
// one prompt and one response.
absl::StatusOr<WeighingInput> ReadWeighingInput(const Sample& sample, const std::string& name, uint32_t index,
                                                const Capture& capture, const CreditSettings& settings);

// The roles of tokens that the policy wrote: kExcluded or kTrained.
std::vector<TokenRole> RolesOf(const std::vector<int32_t>& ids, const CreditSettings& settings);

}  // namespace rubato
