// What every process answers over HTTP.

#pragma once

#include <functional>

#include "absl/status/status.h"
#include "common/http.h"
#include "common/metrics.h"

namespace rubato {

// /metrics  what `metrics` renders; `metrics` outlives the handlers
// /livez    200 "ok" while the process answers
// /readyz   200 "ok" when `ready` gives OK, otherwise 503 with its message; `ready` is called on any thread
HttpHandlers ProbeHandlers(const Metrics* metrics, std::function<absl::Status()> ready);

}  // namespace rubato
