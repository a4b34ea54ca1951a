// Countdown puzzles, and the tries that can be made at one.
//
// A puzzle has three numbers from 1 to 20, repeats allowed, and a target from 10 to 99. A try combines two of the
// numbers and the result with the third; it is valid if both results are integers from 1 to 99. A target is
// reachable if a valid try hits it.
//
// Pure functions; any thread.

#pragma once

#include <array>
#include <string>
#include <vector>

namespace rubato {

struct CountdownPuzzle {
  std::array<int, 3> nums;  // in the order the prompt shows them
  int target = 0;
};

// Two steps, `left op right`; one operand of the second is the result of the first.
struct CountdownTry {
  struct Step {
    int left, right;
    char op;  // + - * /
    int result;
  };
  Step first, second;
  bool result_left;  // the first result is the left operand of the second step

  int value() const { return second.result; }
  std::string Steps() const;       // 19-12=7,9+7=16
  std::string Expression() const;  // 9+(19-12)
};

// All valid tries, each once: operands of + and * larger first, equal tries of repeated numbers merged.
std::vector<CountdownTry> ValidTries(const std::array<int, 3>& nums);

// Targets from 10 to 99 that some valid try hits, ascending.
std::vector<int> ReachableTargets(const std::array<int, 3>& nums);

// `^19,12,9>22:`
std::string CountdownPrompt(const CountdownPuzzle& puzzle);

}  // namespace rubato
