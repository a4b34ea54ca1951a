#include "tasks/arithmetic.h"

namespace rubato {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<Fraction> Apply(char op, const Fraction& a, const Fraction& b) {
  switch (op) {
    case '+':
      return Fraction{a.numerator * b.denominator + b.numerator * a.denominator,
                      a.denominator * b.denominator};
    case '-':
      return Fraction{a.numerator * b.denominator - b.numerator * a.denominator,
                      a.denominator * b.denominator};
    case '*':
      return Fraction{a.numerator * b.numerator, a.denominator * b.denominator};
    default:
      if (b.numerator == 0) return std::nullopt;
      return Fraction{a.numerator * b.denominator, a.denominator * b.numerator};
  }
}

// Recursive descent; each rule consumes what it matches and gives nothing on failure.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Fraction> Sum() {
    std::optional<Fraction> left = Product();
    while (left && (Next('+') || Next('-'))) left = Operate(*left, &Parser::Product);
    return left;
  }

  bool AtEnd() const { return rest_.empty(); }
  std::vector<int64_t> TakeNumbers() { return std::move(numbers_); }

 private:
  bool Next(char c) const { return !rest_.empty() && rest_.front() == c; }

  std::optional<Fraction> Operate(const Fraction& left, std::optional<Fraction> (Parser::*rule)()) {
    const char op = rest_.front();
    rest_.remove_prefix(1);
    const std::optional<Fraction> right = (this->*rule)();
    return right ? Apply(op, left, *right) : std::nullopt;
  }

  std::optional<Fraction> Product() {
    std::optional<Fraction> left = Factor();
    while (left && (Next('*') || Next('/'))) left = Operate(*left, &Parser::Factor);
    return left;
  }

  std::optional<Fraction> Factor() {
    if (!Next('(')) return Number();
    if (depth_ == Arithmetic::kDeepest) return std::nullopt;
    ++depth_;
    rest_.remove_prefix(1);
    const std::optional<Fraction> inner = Sum();
    if (!inner || !Next(')')) return std::nullopt;
    rest_.remove_prefix(1);
    --depth_;
    return inner;
  }

  std::optional<Fraction> Number() {
    if (Next('0') || rest_.empty() || !IsDigit(rest_.front())) return std::nullopt;
    int64_t number = 0;
    while (!rest_.empty() && IsDigit(rest_.front())) {
      number = number * 10 + (rest_.front() - '0');
      if (number > Arithmetic::kLargestNumber) return std::nullopt;
      rest_.remove_prefix(1);
    }
    if (numbers_.size() == Arithmetic::kMostNumbers) return std::nullopt;
    numbers_.push_back(number);
    return Fraction{number, 1};
  }

  std::string_view rest_;
  std::vector<int64_t> numbers_;
  int depth_ = 0;
};

}  // namespace

std::optional<Arithmetic> Arithmetic::Parse(std::string_view text) {
  Parser parser(text);
  const std::optional<Fraction> value = parser.Sum();
  if (!value || !parser.AtEnd()) return std::nullopt;
  Arithmetic result;
  result.value_ = *value;
  result.numbers_ = parser.TakeNumbers();
  return result;
}

}  // namespace rubato
