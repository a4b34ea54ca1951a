// C15: amplifies the tokens at which the policy was least sure, TopQ of the entropy of the distribution that
// emitted them.

#include <limits>

#include "credit/ranking.h"
#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class Entropy : public WeightScheme {
 public:
  explicit Entropy(const CreditSettings& settings) : q_(settings.q), amp_(settings.amp), end_(settings.end) {}

  std::vector<double> Score(const ResponseView& response) const override {
    if (!response.entropy.empty()) return response.entropy;
    return std::vector<double>(response.tokens, std::numeric_limits<double>::quiet_NaN());
  }

  void Weigh(const ResponseView& response, TokenWeights* weights) const override {
    weights->global = PickQ(response.Rankable(Score(response)), q_, end_);
    Amplify(weights->global, amp_, weights);
  }

 private:
  const double q_, amp_;
  const RankEnd end_;
};

}  // namespace

std::unique_ptr<WeightScheme> MakeEntropy(const CreditSettings& settings) {
  return std::make_unique<Entropy>(settings);
}

}  // namespace rubato
