#include "learner/surrogate.h"

#include <algorithm>
#include <cmath>

namespace rubato {

SurrogateTerm ClippedSurrogate(double logprob, double behaviour_logprob, double shaped_advantage,
                               double clip_eps, double weight) {
  const double ratio = std::exp(logprob - behaviour_logprob);
  const double free = ratio * shaped_advantage;
  const double bound = std::clamp(ratio, 1 - clip_eps, 1 + clip_eps) * shaped_advantage;

  SurrogateTerm term;
  term.ratio = ratio;
  term.clipped = bound < free;
  term.loss = -weight * std::min(free, bound);
  term.gradient = term.clipped ? 0 : -weight * free;
  return term;
}

}  // namespace rubato
