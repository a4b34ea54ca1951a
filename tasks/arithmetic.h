// Values of arithmetic expressions, exactly.
//
// Pure functions; any thread. Nothing in a text can make them slow, deep or wrong: see the limits.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rubato {

// A quotient of whole numbers; the denominator is not 0. Not reduced.
struct Fraction {
  __int128 numerator = 0;
  __int128 denominator = 1;

  // `value` from -2^39 to 2^39.
  bool Equals(int64_t value) const { return numerator == denominator * value; }
};

// An expression of + - * / and parentheses over whole numbers, with the usual precedence, from left to right.
// Whole numbers are digits without a sign or leading zeros. No spaces.
class Arithmetic {
 public:
  static constexpr int kMostNumbers = 8;
  static constexpr int64_t kLargestNumber = 1000;
  static constexpr int kDeepest = 16;

  // Nothing if `text` is no expression, holds more numbers, larger ones or deeper parentheses than the
  // limits, or divides by zero. Within the limits numerators and denominators stay below 2^7 * 1000^8 < 2^87.
  static std::optional<Arithmetic> Parse(std::string_view text);

  const Fraction& value() const { return value_; }
  // In the order they stand.
  const std::vector<int64_t>& numbers() const { return numbers_; }

 private:
  Fraction value_;
  std::vector<int64_t> numbers_;
};

}  // namespace rubato
