// A loss for tests: a weighted sum of log-probs.
#pragma once

#include <random>
#include <span>
#include <utility>
#include <vector>

#include "learner/token_loss.h"

namespace rubato {

// loss = sum of coefficients * log-probs, remembering what it was told.
class WeightedSum : public TokenLoss {
 public:
  explicit WeightedSum(std::vector<double> coefficients) : coefficients_(std::move(coefficients)) {}

  void Evaluate(int first, std::span<const float> logprobs, std::span<const float> entropies,
                std::span<float> gradient) override {
    for (size_t i = 0; i < logprobs.size(); ++i) {
      this->logprobs.push_back(logprobs[i]);
      this->entropies.push_back(entropies[i]);
      loss += coefficients_[first + i] * logprobs[i];
      gradient[i] = static_cast<float>(coefficients_[first + i]);
    }
  }

  double loss = 0;
  std::vector<double> logprobs, entropies;

 private:
  std::vector<double> coefficients_;
};

inline std::vector<double> Coefficients(int count) {
  std::mt19937 random(7);
  std::vector<double> coefficients(count);
  for (double& value : coefficients) value = std::normal_distribution<float>()(random);
  return coefficients;
}

}  // namespace rubato
