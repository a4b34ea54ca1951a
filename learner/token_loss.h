// The loss of a training pass, seen token by token: it is told log-probs as they are computed and answers
// with its derivative.  One implementation is the negative log-likelihood of sft, the other the clipped
// surrogate.
//
// Threading: called by one thread, for targets in ascending order, each once per pass.
#pragma once

#include <span>

namespace rubato {

class TokenLoss {
 public:
  virtual ~TokenLoss() = default;

  // Targets [first, first + logprobs.size()) of the batch, counted over rows that have one.
  // logprobs: log softmax(logits / T) of the target; entropies: of softmax(logits / T); both in nats.
  // Writes d loss / d logprob of each into `gradient`, which has the same size.
  virtual void Evaluate(int first, std::span<const float> logprobs, std::span<const float> entropies,
                        std::span<float> gradient) = 0;
};

}  // namespace rubato
