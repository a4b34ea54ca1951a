#include "cli/run_times.h"

#include "cli/status_line.h"
#include "common/concat.h"

namespace rubato {

namespace {

const char* NameOf(RunPart part) {
  switch (part) {
    case RunPart::kStart:
      return "start";
    case RunPart::kFirstEvaluation:
      return "first evaluation";
    case RunPart::kTraining:
      return "training";
    case RunPart::kLastEvaluation:
      return "last evaluation";
    case RunPart::kEnd:
      return "end";
  }
  return "";
}

}  // namespace

RunPart PartOf(const RunStatus& status) {
  if (status.finished()) return RunPart::kEnd;
  if (!status.has_current()) return RunPart::kStart;
  if (status.next_step() >= status.steps()) return RunPart::kLastEvaluation;
  const bool evaluates = status.waiting_for().find("evaluation") != std::string::npos;
  if (status.recent().empty() && evaluates) return RunPart::kFirstEvaluation;
  return RunPart::kTraining;
}

void RunTimes::Note(RunPart part, absl::Time now) {
  spent_[part] += now - last_;
  last_ = now;
}

std::string RunTimes::Render() const {
  absl::Duration total;
  std::string parts;
  for (const auto& [part, spent] : spent_) {
    total += spent;
    if (spent < absl::Milliseconds(500)) continue;
    parts += Concat(parts.empty() ? " = " : " + ", NameOf(part), " ",
                    RenderDuration(absl::ToDoubleSeconds(spent)));
  }
  return RenderDuration(absl::ToDoubleSeconds(total)) + parts;
}

}  // namespace rubato
