// What people see of a run while it goes on.  Pure functions of one status.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proto/run.pb.h"

namespace rubato {

// One block character per value, the lowest value the lowest block, the highest the highest; at most `width`,
// neighbours averaged when there are more values.  Equal values give the lowest block; none gives "".
std::string Sparkline(const std::vector<double>& values, size_t width);

// "step 12/60  reward 0.41 ▁▂▃▅▇  held-out 34.1%  3.2k tok/s  staleness 0.0  ETA 2m10s  learner waits for
// ..." What is not known yet is left out.  Where that is more than `columns` characters, what is least
// needed goes first (staleness, then the rate, ...), so that it still says how far the run is and who waits.
std::string RenderStatusLine(const RunStatus& status, size_t columns);

// One committed step: "step 12/60  reward 0.412  118 samples  9120 tokens  staleness 0.0  3.4s".
std::string RenderStep(const StepSummary& step, uint64_t steps);

// "held-out 34.1% after 20 steps (2048 samples)".
std::string RenderEval(const EvalResult& eval);

// "45s", "2m10s", "1h05m".
std::string RenderDuration(double seconds);

// "950", "3.2k", "1.5M".
std::string RenderCount(double count);

}  // namespace rubato
