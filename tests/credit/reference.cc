#include "tests/credit/reference.h"

#include <algorithm>
#include <cmath>

namespace rubato::reference {
namespace {

// [condition]
double Is(const Positions& set, int t) { return set.count(t) ? 1 : 0; }

Positions Without(const Positions& all, const Positions& some) {
  Positions rest;
  for (int t : all) {
    if (!some.count(t)) rest.insert(t);
  }
  return rest;
}

// The tokens in [t-k, t-1] that are in the response and not barred, and whose delta is defined.
Positions Window(const Response& response, const Series& delta, int k, int t) {
  Positions window;
  for (int u = 0; u < static_cast<int>(delta.size()); ++u) {
    if (t - k <= u && u <= t - 1 && !response.barred.count(u) && delta[u]) window.insert(u);
  }
  return window;
}

}  // namespace

Series Delta(const Series& waad) {
  Series delta(waad.size());
  for (size_t t = 0; t < waad.size(); ++t) {
    if (t + 1 < waad.size() && waad[t] && waad[t + 1]) delta[t] = std::abs(*waad[t] - *waad[t + 1]);
  }
  return delta;
}

Positions TopQ(const Series& score, const Positions& barred, double q, bool bottom) {
  Positions candidates;
  for (int t = 0; t < static_cast<int>(score.size()); ++t) {
    if (score[t] && !barred.count(t)) candidates.insert(t);
  }
  const double wanted = std::max(1.0, std::floor(q * static_cast<double>(candidates.size()) + 0.5 + 1e-9));
  Positions top;
  for (int t : candidates) {
    int before = 0;  // candidates that rank before t
    for (int u : candidates) {
      const bool beats = bottom ? *score[u] < *score[t] : *score[u] > *score[t];
      before += beats || (*score[u] == *score[t] && u < t);
    }
    if (before < wanted) top.insert(t);
  }
  return top;
}

std::optional<double> Draw(const Line& line, const Series& values) {
  if (line.at == Line::kValue) return line.x;
  std::multiset<double> sorted;
  for (const auto& value : values) {
    if (value) sorted.insert(*value);
  }
  if (sorted.empty()) return std::nullopt;
  if (line.at == Line::kQuantile) {
    const double place = line.x * (static_cast<double>(sorted.size()) - 1);
    const double low = *std::next(sorted.begin(), static_cast<int>(std::floor(place)));
    const double high = *std::next(sorted.begin(), static_cast<int>(std::ceil(place)));
    return low + (place - std::floor(place)) * (high - low);
  }
  while (sorted.size() > 2) {
    sorted.erase(sorted.begin());
    sorted.erase(std::prev(sorted.end()));
  }
  return (*sorted.begin() + *sorted.rbegin()) / 2;
}

Weights Uniform(const Response& response, const Numbers&) {
  return {.gamma = std::vector<double>(response.waad.size(), 1.0)};
}

Weights LocalChunk(const Response& response, const Numbers& numbers) {
  Weights weights{.local = TopQ(Delta(response.waad), response.barred, numbers.q, numbers.bottom)};
  for (int t = 0; t < static_cast<int>(response.waad.size()); ++t) {
    weights.gamma.push_back(1 + (numbers.amp - 1) * Is(weights.local, t));
  }
  return weights;
}

Weights GlobalAnchor(const Response& response, const Numbers& numbers) {
  Weights weights{.global = TopQ(response.fai, response.barred, numbers.q, numbers.bottom)};
  for (int t = 0; t < static_cast<int>(response.waad.size()); ++t) {
    weights.gamma.push_back(1 + (numbers.amp - 1) * Is(weights.global, t));
  }
  return weights;
}

Weights Coupled(const Response& response, const Numbers& numbers) {
  const Series delta = Delta(response.waad);
  const auto tau_waad = Draw(numbers.tau_waad, response.waad), tau_delta = Draw(numbers.tau_delta, delta);
  Weights weights{.global = TopQ(response.fai, response.barred, numbers.q, numbers.bottom)};
  for (int t : weights.global) {
    double largest = -1;
    const Positions window = Window(response, delta, numbers.k, t);
    for (int u : window) largest = std::max(largest, *delta[u]);
    if (window.empty() || !(*response.waad[t] <= *tau_waad) || !(largest >= *tau_delta)) continue;
    weights.dominated.insert(t);
    int intro = -1;
    for (int u : window) {
      if (*delta[u] == largest) intro = u;  // the last, hence the nearest
    }
    weights.intro.insert(intro);
  }
  const Positions free_anchors = Without(weights.global, weights.dominated);
  for (int t = 0; t < static_cast<int>(response.waad.size()); ++t) {
    weights.gamma.push_back(1 + (numbers.amp - 1) *
                                    (Is(free_anchors, t) + (1 - numbers.alpha) * Is(weights.dominated, t) +
                                     numbers.alpha * Is(weights.intro, t)));
  }
  return weights;
}

Weights Entropy(const Response& response, const Numbers& numbers) {
  Weights weights{.global = TopQ(response.entropy, response.barred, numbers.q, numbers.bottom)};
  for (int t = 0; t < static_cast<int>(response.waad.size()); ++t) {
    weights.gamma.push_back(1 + (numbers.amp - 1) * Is(weights.global, t));
  }
  return weights;
}

}  // namespace rubato::reference
