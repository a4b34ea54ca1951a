// Lines of RUN/metrics.jsonl, rendered from what the ledger holds: the same rows give the same lines, also
// after a restart.  Pure functions; any thread.

#pragma once

#include <string>

#include "credit/ledger_rows.h"

namespace rubato {

// One committed step, under the weights that sampled it: {"step":3,"reward/mean":0.41,...}.
std::string RenderStepLine(const StepRow& row);

// One finished evaluation: {"step":20,"eval/mean":0.44,"eval/samples":2048}.
std::string RenderEvalLine(const EvaluationRow& row);

}  // namespace rubato
