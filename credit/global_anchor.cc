// C10: amplifies the tokens that the future attends to most, T_glob = TopQ(FAI).

#include "credit/ranking.h"
#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class GlobalAnchor : public WeightScheme {
 public:
  explicit GlobalAnchor(const CreditSettings& settings)
      : q_(settings.q), amp_(settings.amp), end_(settings.end) {}

  std::vector<double> Score(const ResponseView& response) const override { return response.fai; }

  void Weigh(const ResponseView& response, TokenWeights* weights) const override {
    weights->global = PickQ(response.Rankable(response.fai), q_, end_);
    Amplify(weights->global, amp_, weights);
  }

 private:
  const double q_, amp_;
  const RankEnd end_;
};

}  // namespace

std::unique_ptr<WeightScheme> MakeGlobalAnchor(const CreditSettings& settings) {
  return std::make_unique<GlobalAnchor>(settings);
}

}  // namespace rubato
