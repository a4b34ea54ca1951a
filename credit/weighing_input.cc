#include "credit/weighing_input.h"

#include "common/bytes.h"
#include "common/concat.h"
#include "common/rng.h"
#include "common/status.h"
#include "proto/sample.pb.h"
#include "stats/wire.h"

namespace rubato {

ResponseView WeighingInput::View() const {
  ResponseView view = MakeResponseView(stats.waad, stats.fai, roles);
  view.entropy.assign(entropies.begin(), entropies.end());
  view.draw = draw;
  return view;
}

absl::StatusOr<WeighingInput> ReadWeighingInput(const Sample& sample, const std::string& name, uint32_t index,
                                                const Capture& capture, const CreditSettings& settings) {
  if (sample.segments_size() != 2 || sample.segments(1).kind() != Segment::POLICY) {
    return absl::InvalidArgumentError(Concat("sample ", name, "/", index, " has ", sample.segments_size(),
                                             " segments; a prompt and a response are needed"));
  }
  const Segment& policy = sample.segments(1);
  WeighingInput input;
  ASSIGN_OR_RETURN(input.ids, UnpackInt32(policy.token_ids()));
  ASSIGN_OR_RETURN(input.entropies, UnpackFloat(policy.entropies()));
  ASSIGN_OR_RETURN(input.stats,
                   DecodeAttentionStats(sample.stats(), capture, static_cast<int>(input.ids.size())));
  input.roles = RolesOf(input.ids, settings);
  input.draw = {.group_hash = Hash64(name), .sample = index};
  return input;
}

std::vector<TokenRole> RolesOf(const std::vector<int32_t>& ids, const CreditSettings& settings) {
  std::vector<TokenRole> roles;
  roles.reserve(ids.size());
  for (const int32_t id : ids) {
    const bool excluded = settings.exclude_token_ids.contains(id);
    roles.push_back(excluded ? TokenRole::kExcluded : TokenRole::kTrained);
  }
  return roles;
}

}  // namespace rubato
