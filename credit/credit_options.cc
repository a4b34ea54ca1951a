#include "credit/credit_options.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config.h"
#include "common/problems.h"
#include "common/status.h"

namespace rubato {
namespace {

struct Preset {
  const char* name;
  int h_hi;
  const char* signs;
};

// All that the two versions of the paper disagree on.
constexpr Preset kPresets[] = {{"paper_v1", 50, "nonneg"}, {"paper_v2", 100, "both"}};

// What they share; k and alpha are not published, and ours.
constexpr int kW = 10, kHLo = 10, kK = 3;
constexpr double kQ = 0.4, kAmp = 1.5, kAlpha = 0.5, kHeadShare = 0.3;

constexpr const char* kSchemes[] = {"uniform", "local_chunk", "global_anchor",
                                    "coupled", "random",      "entropy"};
constexpr const char* kSigns[] = {"both", "nonneg"};
constexpr const char* kNormalize[] = {"none", "mean_one"};

// Lags this long are beyond any context; keeps position + lag in int.
constexpr uint32_t kMaxLag = 1 << 20;

absl::Status Bad(const char* key, const std::string& value, const std::string& rule) {
  return absl::InvalidArgumentError(absl::StrCat("credit.", key, " is ", value, "; it must be ", rule));
}

absl::Status CheckLag(const char* key, uint32_t value, uint32_t min) {
  if (value >= min && value <= kMaxLag) return absl::OkStatus();
  return Bad(key, absl::StrCat(value), absl::StrCat("in ", min, "..", kMaxLag));
}

// `inside` is false for NaN when it is written as comparisons of the value.
absl::Status CheckNumber(const char* key, double value, bool inside, const char* rule) {
  return inside ? absl::OkStatus() : Bad(key, absl::StrCat(value), rule);
}

// The index of `value` among `names`.
template <size_t size>
absl::StatusOr<int> IndexIn(const char* const (&names)[size], const char* key, const std::string& value) {
  std::string list;
  for (size_t i = 0; i < size; ++i) {
    if (value == names[i]) return static_cast<int>(i);
    absl::StrAppend(&list, i == 0 ? "" : ", ", names[i]);
  }
  return Bad(key, absl::StrCat("\"", value, "\""), absl::StrCat("one of ", list));
}

absl::Status CheckNumbers(const CreditSection& credit) {
  const double q = credit.q(), amp = credit.amp(), alpha = credit.alpha(), share = credit.head_share();
  const double coverage = credit.min_coverage();
  RETURN_IF_ERROR(CheckLag("w", credit.w(), 1));
  RETURN_IF_ERROR(CheckLag("h_lo", credit.h_lo(), 1));
  RETURN_IF_ERROR(CheckLag("h_hi", credit.h_hi(), credit.h_lo()));
  RETURN_IF_ERROR(CheckLag("k", credit.k(), 1));
  RETURN_IF_ERROR(CheckNumber("q", q, q > 0 && q <= 1, "in (0, 1]"));
  RETURN_IF_ERROR(CheckNumber("amp", amp, amp >= 1 && amp <= 100, "in 1..100"));
  RETURN_IF_ERROR(CheckNumber("alpha", alpha, alpha >= 0 && alpha <= 1, "in 0..1"));
  RETURN_IF_ERROR(CheckNumber("head_share", share, share > 0 && share <= 0.5, "in (0, 0.5]"));
  return CheckNumber("min_coverage", coverage, coverage >= 0 && coverage <= 1, "in 0..1");
}

absl::Status ReadThreshold(const char* key, const std::string& text, Threshold* threshold) {
  const absl::StatusOr<Threshold> parsed = ParseThreshold(text);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("credit.", key, ": ", std::string(parsed.status().message())));
  }
  *threshold = *parsed;
  return absl::OkStatus();
}

// Ids with commas or spaces between them; brackets around them are allowed.
absl::Status ReadTokenIds(const char* key, const std::string& text, std::set<int32_t>* ids) {
  for (const auto word : absl::StrSplit(text, absl::ByAnyChar(" ,[]"), absl::SkipEmpty())) {
    int32_t id = 0;
    if (!absl::SimpleAtoi(word, &id) || id < 0)
      return Bad(key, absl::StrCat("\"", text, "\""), "a list of token ids");
    ids->insert(id);
  }
  return absl::OkStatus();
}

// The shortest response of which one token has the scheme's score.
int ShortestRanked(const CreditSettings& settings) {
  switch (settings.scheme) {
    case Scheme::kUniform:
    case Scheme::kEntropy:
      return 1;
    case Scheme::kLocalChunk:
      return 2;
    case Scheme::kGlobalAnchor:
    case Scheme::kCoupled:
    case Scheme::kRandom:
      return settings.h_lo + 1;
  }
  return 1;
}

}  // namespace

absl::Status FillFromPreset(CreditSection* credit) {
  const Preset* preset = nullptr;
  for (const Preset& candidate : kPresets) {
    if (credit->preset() == candidate.name) preset = &candidate;
  }
  if (preset == nullptr) {
    return Bad("preset", absl::StrCat("\"", credit->preset(), "\""), "one of paper_v1, paper_v2");
  }
  if (!credit->has_w()) credit->set_w(kW);
  if (!credit->has_h_lo()) credit->set_h_lo(kHLo);
  if (!credit->has_h_hi()) credit->set_h_hi(preset->h_hi);
  if (!credit->has_q()) credit->set_q(kQ);
  if (!credit->has_amp()) credit->set_amp(kAmp);
  if (!credit->has_alpha()) credit->set_alpha(kAlpha);
  if (!credit->has_k()) credit->set_k(kK);
  if (!credit->has_head_share()) credit->set_head_share(kHeadShare);
  if (!credit->has_signs()) credit->set_signs(preset->signs);
  return absl::OkStatus();
}

absl::StatusOr<CreditSettings> ResolveCreditSettings(const CreditSection& given) {
  RunConfig config;
  *config.mutable_credit() = given;
  ResolveDefaults(&config);
  CreditSection& credit = *config.mutable_credit();
  RETURN_IF_ERROR(FillFromPreset(&credit));
  RETURN_IF_ERROR(CheckNumbers(credit));

  CreditSettings settings;
  ASSIGN_OR_RETURN(const int scheme, IndexIn(kSchemes, "scheme", credit.scheme()));
  ASSIGN_OR_RETURN(const int signs, IndexIn(kSigns, "signs", credit.signs()));
  settings.scheme = static_cast<Scheme>(scheme);
  settings.signs = static_cast<Signs>(signs);
  settings.w = static_cast<int>(credit.w());
  settings.h_lo = static_cast<int>(credit.h_lo());
  settings.h_hi = static_cast<int>(credit.h_hi());
  settings.k = static_cast<int>(credit.k());
  settings.q = credit.q();
  settings.amp = credit.amp();
  settings.alpha = credit.alpha();
  settings.head_share = credit.head_share();
  settings.min_coverage = credit.min_coverage();
  settings.end = credit.bottom() ? RankEnd::kBottom : RankEnd::kTop;
  RETURN_IF_ERROR(ReadThreshold("tau_waad", credit.tau_waad(), &settings.tau_waad));
  RETURN_IF_ERROR(ReadThreshold("tau_delta", credit.tau_delta(), &settings.tau_delta));
  ASSIGN_OR_RETURN(const int normalize, IndexIn(kNormalize, "normalize", credit.normalize()));
  settings.normalize = static_cast<Normalize>(normalize);
  RETURN_IF_ERROR(ReadTokenIds("exclude_token_ids", credit.exclude_token_ids(), &settings.exclude_token_ids));
  settings.seed = credit.seed();
  return settings;
}

void ValidateCreditOptions(const RunConfig& config, Problems* problems) {
  RunConfig resolved = config;
  ResolveDefaults(&resolved);
  const absl::StatusOr<CreditSettings> settings = ResolveCreditSettings(resolved.credit());
  if (!settings.ok()) {
    problems->Add(std::string(settings.status().message()));
    return;
  }
  if (resolved.batch().min_ok() > resolved.batch().group_size()) {
    problems->Add(absl::StrCat("batch.min_ok is ", resolved.batch().min_ok(), ", but a group has only ",
                               resolved.batch().group_size(),
                               " samples (batch.group_size): every group would be dropped"));
  }
  const int64_t longest = resolved.rollout().max_new_tokens();
  if (const int shortest = ShortestRanked(*settings); longest < shortest) {
    problems->Add(absl::StrCat("rollout.max_new_tokens is ", longest,
                               ", but credit.scheme = ", std::string(Name(settings->scheme)),
                               " ranks no token of a response shorter than ", shortest,
                               "; allow longer responses or choose another scheme"));
  }
}

}  // namespace rubato
