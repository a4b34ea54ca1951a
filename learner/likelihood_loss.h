// The loss of supervised fine-tuning: the negative log-likelihood of the targets, each with the same weight.
#pragma once

#include "learner/token_loss.h"

namespace rubato {

class LikelihoodLoss : public TokenLoss {
 public:
  // weight: of every token, 1 / (trained tokens of the update).
  explicit LikelihoodLoss(double weight) : weight_(weight) {}

  void Evaluate(int first, std::span<const float> logprobs, std::span<const float> entropies,
                std::span<float> gradient) override;

  // Sum over the targets seen of -logprob, nats, unweighted.
  double total() const { return total_; }

 private:
  double weight_;
  double total_ = 0;
};

}  // namespace rubato
