// Why a sample will never train.  The names stand in the ledger, the history, metrics and RunStatus.

#pragma once

#include <array>
#include <string_view>

namespace rubato {

// The submission failed a check of intake.
inline constexpr std::string_view kRefusedContent = "refused_content";  // tokens, log-probs, lengths
inline constexpr std::string_view kRefusedSettings =
    "refused_settings";  // sampling, tokenizer, configuration
inline constexpr std::string_view kRefusedVersion =
    "refused_version";  // unknown, uncommitted or out of bound
inline constexpr std::string_view kRefusedVerdict =
    "refused_verdict";  // reward not finite, or not its parts' sum
inline constexpr std::string_view kRefusedStatistics = "refused_statistics";  // integrity of WAAD, FAI, d
// The submission is sound, but the sample cannot train.
inline constexpr std::string_view kVerifierTimeout = "verifier_timeout";
inline constexpr std::string_view kVerifierCrashed = "verifier_crashed";
inline constexpr std::string_view kNoStatistics = "no_statistics";
// Its group cannot.
inline constexpr std::string_view kTooFewOk = "too_few_ok";
inline constexpr std::string_view kZeroVariance = "zero_variance";

inline constexpr std::array kDropReasons = {
    kRefusedContent,  kRefusedSettings, kRefusedVersion, kRefusedVerdict, kRefusedStatistics,
    kVerifierTimeout, kVerifierCrashed, kNoStatistics,   kTooFewOk,       kZeroVariance};

inline bool IsRefusal(std::string_view reason) { return reason.substr(0, 8) == "refused_"; }

}  // namespace rubato
