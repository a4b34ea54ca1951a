// `rubato credit`: the token weights of one JSON line, as one JSON line (credit/weigh_request.h says what
// goes in).  Pure; safe from any thread.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "credit/credit_settings.h"

namespace rubato {

// {"id", "gamma": [...], "advantages": gamma times the advantage, "head_sets": {"local": [[layer, head]...],
// "global"} (empty if the line does not say which heads the means are of), "local", "global", "dominated",
// "intro": positions of the response from 0, "reasons": how many tokens weigh 1 for want of what}.
// INVALID_ARGUMENT: what ReadWeighRequest refuses; names neither file nor line number.
absl::StatusOr<std::string> WeighLine(std::string_view line, const CreditSettings& settings);

}  // namespace rubato
