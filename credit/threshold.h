// A threshold of C11: where among the values of a response the line is drawn, or the line itself.
// A value; safe from any thread.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

struct Threshold {
  enum class Kind {
    kMedian,    // of the response's defined values; the mean of the middle two
    kQuantile,  // `x`-quantile of them, linear between neighbours
    kValue,     // `x`
  };
  Kind kind = Kind::kMedian;
  double x = 0;

  // The line for one response.  NaN, which nothing reaches, when it needs values and none is defined.
  double Among(std::span<const double> values) const;

  friend bool operator==(const Threshold&, const Threshold&) = default;
};

// From "median", "quantile: x" with x in 0..1, or "value: x" with x finite and >= 0; braces around the last
// two, as YAML writes a mapping, are allowed.  INVALID_ARGUMENT says which of it is wrong.
absl::StatusOr<Threshold> ParseThreshold(std::string_view text);

// The shortest text that ParseThreshold reads as the same: "median", "quantile: 0.25".
std::string ToText(const Threshold& threshold);

}  // namespace rubato
