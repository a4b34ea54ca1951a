#include "tasks/countdown_puzzle.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/concat.h"

namespace rubato {
namespace {

constexpr int kLargestValue = 99;
constexpr int kSmallestTarget = 10;
constexpr int kLargestTarget = 99;

// `x op y`, the larger first; nothing if the result is not an integer from 1 to 99.
std::optional<CountdownTry::Step> Combine(int x, int y, char op) {
  const int left = std::max(x, y), right = std::min(x, y);
  if (op == '/' && left % right != 0) return std::nullopt;
  const int result = op == '+'   ? left + right
                     : op == '-' ? left - right
                     : op == '*' ? left * right
                                 : left / right;
  if (result < 1 || result > kLargestValue) return std::nullopt;
  return CountdownTry::Step{left, right, op, result};
}

std::string Write(const CountdownTry::Step& step) {
  return Concat(step.left, std::string(1, step.op), step.right, "=", step.result);
}

}  // namespace

std::string CountdownTry::Steps() const { return Concat(Write(first), ",", Write(second)); }

std::string CountdownTry::Expression() const {
  const std::string inner = Concat("(", first.left, std::string(1, first.op), first.right, ")");
  const std::string op(1, second.op);
  // Where both operands of the second step are equal, either may stand for the first step.
  return second.left == first.result ? Concat(inner, op, second.right) : Concat(second.left, op, inner);
}

std::vector<CountdownTry> ValidTries(const std::array<int, 3>& nums) {
  std::set<CountdownTry> tries;
  for (int last = 0; last < 3; ++last) {
    for (const char first_op : {'+', '-', '*', '/'}) {
      const auto first = Combine(nums[(last + 1) % 3], nums[(last + 2) % 3], first_op);
      if (!first) continue;
      for (const char second_op : {'+', '-', '*', '/'}) {
        if (const auto second = Combine(first->result, nums[last], second_op))
          tries.insert({*first, *second});
      }
    }
  }
  return {tries.begin(), tries.end()};
}

std::vector<int> ReachableTargets(const std::array<int, 3>& nums) {
  std::set<int> targets;
  for (const CountdownTry& a_try : ValidTries(nums)) {
    if (a_try.value() >= kSmallestTarget && a_try.value() <= kLargestTarget) targets.insert(a_try.value());
  }
  return {targets.begin(), targets.end()};
}

std::string CountdownPrompt(const CountdownPuzzle& puzzle) {
  return Concat("^", puzzle.nums[0], ",", puzzle.nums[1], ",", puzzle.nums[2], ">", puzzle.target, ":");
}

}  // namespace rubato
