// Token weights word for word from docs/credit.md (C7-C13, C15, C16), in sets and counts, shares no code with
// credit/. Slow on purpose.

#pragma once

#include <optional>
#include <set>
#include <vector>

namespace rubato::reference {

// By response position; nullopt where undefined.
using Series = std::vector<std::optional<double>>;
using Positions = std::set<int>;

// Where the line of C11 is drawn: at the median, at a quantile, or at a value.
struct Line {
  enum { kMedian, kQuantile, kValue } at = kMedian;
  double x = 0;
};

struct Numbers {
  double q = 0.4, amp = 1.5, alpha = 0.5;
  int k = 3;
  bool bottom = false;
  Line tau_waad = {}, tau_delta = {};
};

struct Response {
  Series waad, fai, entropy;
  Positions barred;  // masked or excluded: never anchor, never intro
};

struct Weights {
  std::vector<double> gamma = {};
  Positions local = {}, global = {}, dominated = {}, intro = {};
};

Series Delta(const Series& waad);  // C7
// Section 2; `bottom` is C16.
Positions TopQ(const Series& score, const Positions& barred, double q, bool bottom);
std::optional<double> Draw(const Line& line, const Series& values);

Weights Uniform(const Response& response, const Numbers& numbers);       // C8
Weights LocalChunk(const Response& response, const Numbers& numbers);    // C9
Weights GlobalAnchor(const Response& response, const Numbers& numbers);  // C10
Weights Coupled(const Response& response, const Numbers& numbers);       // C11-C13
Weights Entropy(const Response& response, const Numbers& numbers);       // C15

}  // namespace rubato::reference
