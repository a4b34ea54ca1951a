// C14: amplifies as many tokens as C10 would, drawn without regard to what was measured: the control that the
// anchors have to beat.

#include <algorithm>
#include <utility>

#include "common/rng.h"
#include "credit/ranking.h"
#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class Random : public WeightScheme {
 public:
  explicit Random(const CreditSettings& settings)
      : q_(settings.q), amp_(settings.amp), key_(PhiloxKeyFrom(settings.seed)) {}

  std::vector<double> Score(const ResponseView& response) const override { return response.fai; }

  void Weigh(const ResponseView& response, TokenWeights* weights) const override {
    weights->global = Draw(DefinedPositions(response.Rankable(response.fai)), response.draw);
    Amplify(weights->global, amp_, weights);
  }

 private:
  // Partial Fisher-Yates: draw i takes one of the positions not yet taken.
  std::vector<int> Draw(std::vector<int> positions, const DrawKey& draw) const {
    const size_t count = RankedCount(positions.size(), q_);
    const uint32_t low = static_cast<uint32_t>(draw.group_hash);
    const uint32_t high = static_cast<uint32_t>(draw.group_hash >> 32);
    for (size_t i = 0; i < count; ++i) {
      const uint64_t bits = Low64(Philox(key_, {low, high, draw.sample, static_cast<uint32_t>(i)}));
      std::swap(positions[i], positions[i + UniformIndex(bits, positions.size() - i)]);
    }
    positions.resize(count);
    std::sort(positions.begin(), positions.end());
    return positions;
  }

  const double q_, amp_;
  const PhiloxKey key_;
};

}  // namespace

std::unique_ptr<WeightScheme> MakeRandom(const CreditSettings& settings) {
  return std::make_unique<Random>(settings);
}

}  // namespace rubato
