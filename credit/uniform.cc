// C8: gamma = 1.  Plain group-relative policy optimisation.

#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class Uniform : public WeightScheme {
 public:
  std::vector<double> Score(const ResponseView&) const override { return {}; }
  void Weigh(const ResponseView&, TokenWeights*) const override {}
};

}  // namespace

std::unique_ptr<WeightScheme> MakeUniform(const CreditSettings&) { return std::make_unique<Uniform>(); }

}  // namespace rubato
