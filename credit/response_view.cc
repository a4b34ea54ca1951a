#include "credit/response_view.h"

#include <cmath>
#include <limits>

namespace rubato {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

// C7.  NaN on either side makes NaN.
std::vector<double> DeltaOf(const std::vector<double>& waad) {
  std::vector<double> delta(waad.size(), kUndefined);
  for (size_t t = 0; t + 1 < waad.size(); ++t) delta[t] = std::abs(waad[t] - waad[t + 1]);
  return delta;
}

}  // namespace

std::vector<double> ResponseView::Rankable(const std::vector<double>& scores) const {
  std::vector<double> rankable = scores;
  for (int t = 0; t < tokens; ++t) {
    if (!Weighable(t)) rankable[t] = kUndefined;
  }
  return rankable;
}

ResponseView MakeResponseView(std::span<const float> waad, std::span<const float> fai,
                              std::span<const TokenRole> roles) {
  return MakeResponseView(std::vector<double>(waad.begin(), waad.end()),
                          std::vector<double>(fai.begin(), fai.end()), roles);
}

ResponseView MakeResponseView(std::span<const double> waad, std::span<const double> fai,
                              std::span<const TokenRole> roles) {
  ResponseView view;
  view.tokens = static_cast<int>(waad.size());
  view.waad.assign(waad.begin(), waad.end());
  view.fai.assign(fai.begin(), fai.end());
  view.delta = DeltaOf(view.waad);
  view.roles.assign(roles.begin(), roles.end());
  if (roles.empty()) view.roles.assign(waad.size(), TokenRole::kTrained);
  return view;
}

ResponseView UnmeasuredView(int tokens, std::span<const TokenRole> roles) {
  const std::vector<float> undefined(tokens, std::numeric_limits<float>::quiet_NaN());
  return MakeResponseView(undefined, undefined, roles);
}

}  // namespace rubato
