// Countdown puzzles of the example, and the tries that can be made at one.
//
// A puzzle has three numbers from 1 to 20, repeats allowed, and a target from 10 to 99. A try combines two of
// the numbers, and the result with the third; it is valid if both results are integers from 1 to 99. A target
// is reachable if a valid try hits it.
//
// Pure functions; any thread.

#pragma once

#include <array>
#include <compare>
#include <string>
#include <vector>

namespace rubato {

struct CountdownPuzzle {
  static constexpr int kLargestNumber = 20;

  std::array<int, 3> nums;  // in the order the prompt shows them
  int target = 0;
};

struct CountdownTry {
  // `left op right = result`, left >= right, op one of + - * /
  struct Step {
    int left, right;
    char op;
    int result;

    friend auto operator<=>(const Step&, const Step&) = default;
  };
  Step first, second;  // one operand of the second is the result of the first

  int value() const { return second.result; }
  std::string Steps() const;       // 19-12=7,9+7=16
  std::string Expression() const;  // 9+(19-12)

  friend auto operator<=>(const CountdownTry&, const CountdownTry&) = default;
};

// All valid tries, each once, sorted: those with the same first step stand together.
std::vector<CountdownTry> ValidTries(const std::array<int, 3>& nums);

// Ascending.
std::vector<int> ReachableTargets(const std::array<int, 3>& nums);

// ^19,12,9>22:
std::string CountdownPrompt(const CountdownPuzzle& puzzle);

}  // namespace rubato
