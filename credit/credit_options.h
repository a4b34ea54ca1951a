// From the configuration's credit section to CreditSettings: presets, defaults, checks.
// Pure functions; safe from any thread.

#pragma once

#include "absl/status/statusor.h"
#include "common/problems.h"
#include "credit/credit_settings.h"
#include "proto/config.pb.h"

namespace rubato {

// Fills the absent keys of `credit` that come from its preset: w, h_lo, h_hi, q, amp, alpha, k, head_share,
// signs. Keys that are present stay.  INVALID_ARGUMENT: an unknown or absent preset (ResolveDefaults fills
// that in).
absl::Status FillFromPreset(CreditSection* credit);

// The settings that a section means, absent keys filled in from their defaults and its preset.
// INVALID_ARGUMENT naming key, value and what is allowed: an unknown name, a value out of range (NaN
// included), h_hi < h_lo.
absl::StatusOr<CreditSettings> ResolveCreditSettings(const CreditSection& credit);

// Adds to `problems` what ResolveCreditSettings would refuse, and a response length under which the scheme
// could never rank a token.
void ValidateCreditOptions(const RunConfig& config, Problems* problems);

}  // namespace rubato
