#include "credit/group_credit.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status CheckLength(size_t sample, const char* what, size_t length, int tokens) {
  if (length == static_cast<size_t>(tokens)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("sample ", sample, " has ", tokens, " response tokens but ", length, " ", what));
}

absl::Status Check(size_t index, const GroupSample& sample) {
  if (!sample.ok) return absl::OkStatus();
  if (!std::isfinite(sample.reward)) {
    return absl::InvalidArgumentError(
        absl::StrCat("sample ", index, " has the reward ", sample.reward, "; it must be finite"));
  }
  if (!sample.roles.empty()) {
    RETURN_IF_ERROR(CheckLength(index, "token roles", sample.roles.size(), sample.response_tokens));
  }
  if (!sample.entropies.empty()) {
    RETURN_IF_ERROR(CheckLength(index, "entropies", sample.entropies.size(), sample.response_tokens));
  }
  if (sample.stats == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(CheckLength(index, "values of WAAD", sample.stats->waad.size(), sample.response_tokens));
  return CheckLength(index, "values of FAI", sample.stats->fai.size(), sample.response_tokens);
}

StatsStatus StatusOf(const GroupSample& sample) {
  if (sample.stats == nullptr) return StatsStatus::kMissing;
  return sample.stats->Complete() ? StatsStatus::kOk : StatsStatus::kIncomplete;
}

ResponseView ViewOf(const GroupSample& sample) {
  ResponseView view = sample.stats == nullptr
                          ? UnmeasuredView(sample.response_tokens, sample.roles)
                          : MakeResponseView(sample.stats->waad, sample.stats->fai, sample.roles);
  view.entropy.assign(sample.entropies.begin(), sample.entropies.end());
  view.draw = sample.draw;
  return view;
}

CreditedSample CreditSample(const CreditSettings& settings, const GroupSample& sample, double advantage) {
  CreditedSample credited;
  credited.ok = true;
  credited.advantage = advantage;
  credited.stats_status = StatusOf(sample);
  const bool measured = credited.stats_status == StatsStatus::kOk || !NeedsStatistics(settings.scheme);
  credited.weights = measured ? WeighTokens(settings, ViewOf(sample), advantage)
                              : WeighUnmeasured(settings.scheme, sample.response_tokens);
  return credited;
}

}  // namespace

absl::StatusOr<CreditedGroup> CreditGroup(const CreditSettings& settings, const GroupRules& rules,
                                          std::span<const GroupSample> group) {
  std::vector<double> rewards;
  for (size_t i = 0; i < group.size(); ++i) {
    RETURN_IF_ERROR(Check(i, group[i]));
    if (group[i].ok) rewards.push_back(group[i].reward);
  }

  CreditedGroup credited;
  credited.samples.resize(group.size());
  for (size_t i = 0; i < group.size(); ++i) credited.samples[i].ok = group[i].ok;
  if (rewards.empty() || static_cast<int>(rewards.size()) < rules.min_ok) {
    credited.fate = GroupFate::kTooFewOk;
    return credited;
  }
  credited.advantages = GrpoAdvantages(rewards);
  if (credited.advantages.zero_variance && !rules.keep_zero_variance)
    credited.fate = GroupFate::kZeroVariance;
  size_t next = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!group[i].ok) continue;
    credited.samples[i] = CreditSample(settings, group[i], credited.advantages.values[next++]);
  }
  return credited;
}

std::string_view Name(GroupFate fate) {
  switch (fate) {
    case GroupFate::kTrained:
      return "trained";
    case GroupFate::kTooFewOk:
      return "too_few_ok";
    case GroupFate::kZeroVariance:
      return "zero_variance";
  }
  return "?";
}

std::string_view Name(StatsStatus status) {
  switch (status) {
    case StatsStatus::kOk:
      return "ok";
    case StatsStatus::kIncomplete:
      return "incomplete";
    case StatsStatus::kMissing:
      return "missing";
  }
  return "?";
}

}  // namespace rubato
