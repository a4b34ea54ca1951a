#include "tasks/countdown_traits.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "tasks/arithmetic.h"

namespace rubato {
namespace {

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether `step` reads `expression=value` and is true.
bool IsTrue(std::string_view step) {
  const size_t equals = step.find('=');
  if (equals == step.npos) return false;
  const std::optional<Arithmetic> left = Arithmetic::Parse(step.substr(0, equals));
  const std::optional<int64_t> right = WholeNumber(step.substr(equals + 1));
  return left && right && left->value().Equals(*right);
}

void CountSteps(std::string_view attempt, CountdownTraits* traits) {
  while (!attempt.empty()) {
    const size_t comma = std::min(attempt.find(','), attempt.size());
    ++traits->steps;
    traits->slips += !IsTrue(attempt.substr(0, comma));
    attempt.remove_prefix(std::min(comma + 1, attempt.size()));
  }
}

}  // namespace

CountdownTraits TraitsOfCountdown(std::string_view response) {
  CountdownTraits traits;
  const size_t answer = response.find('#');
  traits.answered = answer != response.npos;
  std::string_view search = response.substr(0, answer);
  for (size_t mark; (mark = search.find_first_of("<>!")) != search.npos; search.remove_prefix(mark + 1)) {
    ++traits.tries;
    traits.hits += search[mark] == '!';
    CountSteps(search.substr(0, mark), &traits);
  }
  return traits;
}

}  // namespace rubato
