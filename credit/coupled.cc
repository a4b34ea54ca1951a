// C11-C13: amplifies anchors; an anchor that follows closely from an introductory token shares its bonus with
// it.

#include <algorithm>
#include <optional>
#include <set>

#include "credit/ranking.h"
#include "credit/weight_scheme.h"

namespace rubato {
namespace {

class Coupled : public WeightScheme {
 public:
  explicit Coupled(const CreditSettings& settings)
      : q_(settings.q),
        amp_(settings.amp),
        alpha_(settings.alpha),
        k_(settings.k),
        end_(settings.end),
        tau_waad_(settings.tau_waad),
        tau_delta_(settings.tau_delta) {}

  std::vector<double> Score(const ResponseView& response) const override { return response.fai; }

  void Weigh(const ResponseView& response, TokenWeights* weights) const override {
    weights->global = PickQ(response.Rankable(response.fai), q_, end_);
    FindDominated(response, weights);
    std::vector<double> share(response.tokens, 0.0);  // of the bonus amp - 1
    for (int t : weights->global) share[t] = 1;
    for (int t : weights->dominated) share[t] = 1 - alpha_;
    for (int t : weights->intro) share[t] += alpha_;
    for (int t = 0; t < response.tokens; ++t) weights->gamma[t] = 1 + (amp_ - 1) * share[t];
  }

 private:
  // C12: the position in [t-k, t-1] with the largest delta, ties to the nearest.  Only tokens that can be
  // weighted and whose delta is defined are looked at; none if there is no such token.
  std::optional<int> IntroOf(const ResponseView& response, int t) const {
    std::optional<int> intro;
    for (int u = t - 1; u >= std::max(0, t - k_); --u) {
      if (!response.Weighable(u) || !(response.delta[u] >= 0)) continue;
      if (!intro || response.delta[u] > response.delta[*intro]) intro = u;
    }
    return intro;
  }

  // C11.  Its maximum over the window is the delta of C12's token.
  void FindDominated(const ResponseView& response, TokenWeights* weights) const {
    const double tau_waad = tau_waad_.Among(response.waad), tau_delta = tau_delta_.Among(response.delta);
    std::set<int> intros;
    for (int t : weights->global) {
      const std::optional<int> intro = IntroOf(response, t);
      if (!intro || !(response.waad[t] <= tau_waad) || !(response.delta[*intro] >= tau_delta)) continue;
      weights->dominated.push_back(t);
      intros.insert(*intro);
    }
    weights->intro.assign(intros.begin(), intros.end());
  }

  const double q_, amp_, alpha_;
  const int k_;
  const RankEnd end_;
  const Threshold tau_waad_, tau_delta_;
};

}  // namespace

std::unique_ptr<WeightScheme> MakeCoupled(const CreditSettings& settings) {
  return std::make_unique<Coupled>(settings);
}

}  // namespace rubato
