// The clipped surrogate of docs/credit.md section 3 for one token:
//
//   rho  = exp(logprob - behaviour_logprob)
//   loss = -weight * min(rho * A~, clip(rho, 1 - eps, 1 + eps) * A~),   A~ = gamma * A_i
//
// Pure arithmetic in double.
#pragma once

namespace rubato {

struct SurrogateTerm {
  double loss = 0;
  double gradient = 0;  // d loss / d logprob; 0 where the clipped branch is the smaller
  double ratio = 1;     // rho
  bool clipped = false;
};

// shaped_advantage: A~.  weight: what the token counts in the mean over the batch.
SurrogateTerm ClippedSurrogate(double logprob, double behaviour_logprob, double shaped_advantage,
                               double clip_eps, double weight);

}  // namespace rubato
