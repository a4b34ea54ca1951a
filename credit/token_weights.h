// One weight per token of a response, and why (C8-C16).  A value; safe from any thread.
//
// The shaped advantage of token t is gamma[t] * A.  Gamma is applied last, after every normalisation or
// clipping of the advantage, and no gradient flows through it.

#pragma once

#include <vector>

#include "credit/credit_settings.h"
#include "credit/response_view.h"

namespace rubato {

// Tokens whose gamma is 1 for want of something, by what was wanting.  A token is counted under the first
// that applies; a token that was ranked and not chosen is in none.
struct WeightReasons {
  int unmeasured = 0;          // the scheme needs statistics, and those of the response are not whole
  int masked = 0;              // TokenRole::kMasked
  int excluded = 0;            // TokenRole::kExcluded
  int short_response = 0;      // the scheme's score is defined nowhere in the response
  int undefined = 0;           // the scheme's score is undefined here
  int negative_advantage = 0;  // Signs::kNonneg and A < 0

  friend bool operator==(const WeightReasons&, const WeightReasons&) = default;
};

// Index lists hold response positions, 0-based, ascending.  A list that the scheme does not use is empty.
struct TokenWeights {
  std::vector<double> gamma;   // [T], > 0
  std::vector<int> local;      // T_loc (C9)
  std::vector<int> global;     // T_glob (C10), or what C14 and C15 put in its place
  std::vector<int> dominated;  // D (C11)
  std::vector<int> intro;      // I (C12)
  WeightReasons reasons;
};

// The weights of one response of advantage `advantage` under the scheme and numbers of `settings`, with signs
// and then normalize applied.  All arithmetic in double.
TokenWeights WeighTokens(const CreditSettings& settings, const ResponseView& response, double advantage);

// Weights of 1 for a response whose statistics are missing or incomplete, counted as unmeasured if `scheme`
// needs them: never a silent 1.
TokenWeights WeighUnmeasured(Scheme scheme, int tokens);

}  // namespace rubato
