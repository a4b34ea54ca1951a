#include "credit/threshold.h"

#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "credit/ranking.h"

namespace rubato {
namespace {

// absl's string_view is not std's.
std::string Stripped(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace({text.data(), text.size()}));
}

absl::Status Unreadable(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(text),
                   "\" is no threshold; it must be median, {quantile: x} with x in 0..1, or "
                   "{value: x} with x at least 0"));
}

}  // namespace

double Threshold::Among(std::span<const double> values) const {
  switch (kind) {
    case Kind::kMedian:
      return Median(values);
    case Kind::kQuantile:
      return Quantile(values, x);
    case Kind::kValue:
      return x;
  }
  return x;
}

absl::StatusOr<Threshold> ParseThreshold(std::string_view text) {
  std::string inner = Stripped(text);
  if (inner == "median") return Threshold{};
  if (inner.size() >= 2 && inner.front() == '{' && inner.back() == '}') {
    inner = Stripped(std::string_view(inner).substr(1, inner.size() - 2));
  }
  const size_t colon = inner.find(':');
  if (colon == std::string::npos) return Unreadable(text);
  const std::string name = Stripped(std::string_view(inner).substr(0, colon));
  Threshold threshold;
  if (!absl::SimpleAtod(Stripped(std::string_view(inner).substr(colon + 1)), &threshold.x)) {
    return Unreadable(text);
  }
  const bool sound = std::isfinite(threshold.x) && threshold.x >= 0;
  if (name == "quantile" && sound && threshold.x <= 1) {
    threshold.kind = Threshold::Kind::kQuantile;
  } else if (name == "value" && sound) {
    threshold.kind = Threshold::Kind::kValue;
  } else {
    return Unreadable(text);
  }
  return threshold;
}

std::string ToText(const Threshold& threshold) {
  if (threshold.kind == Threshold::Kind::kMedian) return "median";
  const char* name = threshold.kind == Threshold::Kind::kQuantile ? "quantile: " : "value: ";
  char digits[32];
  const char* const end = std::to_chars(digits, digits + sizeof(digits), threshold.x).ptr;
  return name + std::string(static_cast<const char*>(digits), end);
}

}  // namespace rubato
