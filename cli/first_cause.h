// Which of several deaths came first and is to blame.  A value; pure.
//
// When one role dies, others end too because they lost it.  What people need is the first death that was no
// consequence, since the run last made progress; failing that, the first at all.

#pragma once

#include <optional>
#include <string>

#include "cli/supervisor.h"

namespace rubato {

class FirstCause {
 public:
  void OnDeath(const Death& death) {
    if (death.decision.verdict == DeathVerdict::kEnded) return;
    if (!cause_ || (cause_->decision.consequence && !death.decision.consequence)) cause_ = death;
  }
  void OnProgress() { cause_.reset(); }
  const std::optional<Death>& get() const { return cause_; }

 private:
  std::optional<Death> cause_;
};

// "worker-0 ended: signal 9 (Killed) after 12s"
std::string RenderDeath(const Death& death);
// The last lines of its log, each on a line of its own, indented; begins with a line end unless there are
// none.
std::string RenderLastLines(const Death& death);

}  // namespace rubato
