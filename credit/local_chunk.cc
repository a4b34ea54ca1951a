// C9: amplifies the tokens at which attention turns most, T_loc = TopQ(delta).

#include "credit/ranking.h"
#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class LocalChunk : public WeightScheme {
 public:
  explicit LocalChunk(const CreditSettings& settings)
      : q_(settings.q), amp_(settings.amp), end_(settings.end) {}

  std::vector<double> Score(const ResponseView& response) const override { return response.delta; }

  void Weigh(const ResponseView& response, TokenWeights* weights) const override {
    weights->local = PickQ(response.Rankable(response.delta), q_, end_);
    Amplify(weights->local, amp_, weights);
  }

 private:
  const double q_, amp_;
  const RankEnd end_;
};

}  // namespace

std::unique_ptr<WeightScheme> MakeLocalChunk(const CreditSettings& settings) {
  return std::make_unique<LocalChunk>(settings);
}

}  // namespace rubato
