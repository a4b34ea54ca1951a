// Token weights word for word from docs/credit.md (C7-C13), in sets and counts, shares no code with credit/.
// Slow on purpose.

#pragma once

#include <optional>
#include <set>
#include <vector>

namespace rubato::reference {

// By response position; nullopt where undefined.
using Series = std::vector<std::optional<double>>;
using Positions = std::set<int>;

struct Numbers {
  double q = 0.4, amp = 1.5, alpha = 0.5;
  int k = 3;
};

struct Response {
  Series waad, fai;
  Positions barred;  // masked or excluded: never anchor, never intro
};

struct Weights {
  std::vector<double> gamma = {};
  Positions local = {}, global = {}, dominated = {}, intro = {};
};

Series Delta(const Series& waad);                                        // C7
Positions TopQ(const Series& score, const Positions& barred, double q);  // section 2
std::optional<double> Median(const Series& values);                      // section 2

Weights Uniform(const Response& response, const Numbers& numbers);       // C8
Weights LocalChunk(const Response& response, const Numbers& numbers);    // C9
Weights GlobalAnchor(const Response& response, const Numbers& numbers);  // C10
Weights Coupled(const Response& response, const Numbers& numbers);       // C11-C13

}  // namespace rubato::reference
