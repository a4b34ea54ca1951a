#include "cli/stall_watch.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "cli/status_line.h"
#include "common/concat.h"
#include "common/escape.h"

namespace rubato {

namespace {

std::string Rendered(absl::Duration duration) { return RenderDuration(absl::ToDoubleSeconds(duration)); }

const RoleStatus* MostSilent(const RunStatus& status) {
  const auto most = std::max_element(status.roles().begin(), status.roles().end(),
                                     [](const RoleStatus& a, const RoleStatus& b) {
                                       return a.seconds_since_seen() < b.seconds_since_seen();
                                     });
  return most == status.roles().end() ? nullptr : &*most;
}

}  // namespace

std::string StallWatch::Footprint(const RunStatus& status) {
  const SampleCounts& samples = status.samples();
  uint64_t eval_samples = 0;
  for (const EvalResult& eval : status.evals()) eval_samples += eval.samples();
  return absl::StrFormat("%d %d %d %d %d %d %d", status.next_step(), status.evals_size(), eval_samples,
                         samples.issued(), samples.trained(), samples.dropped(), status.finished());
}

bool StallWatch::IsDue(absl::Duration waited) {
  if (waited < std::max(options_.warn_after, next_warning_)) return false;
  next_warning_ = 2 * waited;
  return true;
}

void StallWatch::OnRestart(absl::Time now) { last_progress_ = last_answer_ = now; }

StallReport StallWatch::OnStatus(const RunStatus& status, absl::Time now) {
  last_answer_ = now;
  const bool moving = status.tokens_per_second() > 0;
  if (std::string footprint = Footprint(status); moving || footprint != footprint_) {
    footprint_ = std::move(footprint);
    last_progress_ = now;
    next_warning_ = absl::ZeroDuration();
    return {};
  }
  const absl::Duration waited = now - last_progress_;
  StallReport report;
  if (waited >= options_.kill_after) {
    for (const RoleStatus& role : status.roles()) {
      if (absl::Seconds(role.seconds_since_seen()) >= options_.kill_after)
        report.to_kill.push_back(role.name());
    }
  }
  if (!IsDue(waited)) return report;
  report.message = Concat(
      "no progress for ", Rendered(waited), ": ",
      status.waiting_for().empty() ? "the hub names no reason" : EscapeForTerminal(status.waiting_for()));
  if (const RoleStatus* role = MostSilent(status); role != nullptr) {
    report.message += Concat("; ", EscapeForTerminal(role->name()), " last called the hub ",
                             RenderDuration(role->seconds_since_seen()), " ago");
  }
  return report;
}

StallReport StallWatch::OnSilence(const std::string& error, absl::Time now) {
  const absl::Duration waited = now - last_answer_;
  StallReport report;
  if (waited >= options_.kill_hub_after) report.to_kill.push_back("credit");
  if (IsDue(waited)) {
    report.message =
        Concat("the hub (credit) has not answered RunControl.Status for ", Rendered(waited), ": ", error);
  }
  return report;
}

}  // namespace rubato
