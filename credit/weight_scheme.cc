#include "credit/weight_scheme.h"

namespace rubato {

std::unique_ptr<WeightScheme> MakeWeightScheme(const CreditSettings& settings) {
  switch (settings.scheme) {
    case Scheme::kUniform:
      return MakeUniform(settings);
    case Scheme::kLocalChunk:
      return MakeLocalChunk(settings);
    case Scheme::kGlobalAnchor:
      return MakeGlobalAnchor(settings);
    case Scheme::kCoupled:
      return MakeCoupled(settings);
    case Scheme::kRandom:
      return MakeRandom(settings);
    case Scheme::kEntropy:
      return MakeEntropy(settings);
  }
  return nullptr;
}

void Amplify(const std::vector<int>& set, double amp, TokenWeights* weights) {
  for (int t : set) weights->gamma[t] = 1 + (amp - 1);
}

}  // namespace rubato
