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
  }
  return nullptr;
}

}  // namespace rubato
