// The settings of credit, resolved: every key of the configuration's credit section has a value here
// (credit_options.h makes them).
// A value; safe from any thread.

#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "credit/ranking.h"
#include "credit/threshold.h"
#include "stats/capture.h"
#include "stats/model_shape.h"

namespace rubato {

// How one advantage becomes one weight per token; the names in the configuration are the same in snake case.
enum class Scheme {
  kUniform,       // C8
  kLocalChunk,    // C9
  kGlobalAnchor,  // C10
  kCoupled,       // C11-C13
  kRandom,        // C14
  kEntropy,       // C15
};

// Which responses are weighted.
enum class Signs {
  kBoth,
  kNonneg,  // where A < 0 gamma is all 1; the sets are still reported
};

// What is done to the finished weights of a response, last.
enum class Normalize {
  kNone,
  kMeanOne,  // divided by their mean over the trained tokens
};

struct CreditSettings {
  Scheme scheme = Scheme::kCoupled;
  int w = 10;               // capture: window of WAAD (C5), tokens
  int h_lo = 10;            // capture: first future lag of FAI (C6), tokens
  int h_hi = 100;           // capture: last future lag of FAI, tokens
  double q = 0.4;           // share of the ranked tokens that is amplified
  double amp = 1.5;         // gamma of an amplified token
  double alpha = 0.5;       // share of a dominated anchor's bonus that goes to its introductory token (C13)
  int k = 3;                // tokens before an anchor among which it may have one (C11, C12)
  double head_share = 0.3;  // capture: share of the sampled heads in each set (C3)
  Signs signs = Signs::kBoth;
  double min_coverage = 0.95;
  RankEnd end = RankEnd::kTop;  // kBottom: setting `bottom` (C16), the ablation that must hurt
  Threshold tau_waad;           // C11: an anchor is dominated at or below it
  Threshold tau_delta;          // C11: an introductory token is at or above it
  Normalize normalize = Normalize::kNone;
  int row_shift = 0;                    // capture: 1 takes WAAD of token t from row t-1 (C5), a diagnostic
  std::set<int32_t> exclude_token_ids;  // never anchor or intro
  uint64_t seed = 0;                    // of the draws of C14
};

// What workers must measure for these settings on a model of this shape (C1); heads ranked per response.
Capture CaptureFor(const CreditSettings& settings, const ModelShape& model);

// The name of the scheme in the configuration: "coupled".
std::string_view Name(Scheme scheme);

// Whether the scheme reads attention statistics: all but uniform and entropy.
bool NeedsStatistics(Scheme scheme);

}  // namespace rubato
