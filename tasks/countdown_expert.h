// A deliberately mediocre player of countdown, whose written-out games make the base model.
//
// It writes tries, each with a mark (`<` below the target, `>` above, `!` hit), stops at a hit and answers
// with it; when its patience ends first it answers with its last, wrong try:
//
//   19-12=7,9+7=16<12-9=3,19*3=57>19+12=31,31-9=22!#(19+12)-9$
//
// Each game is played in a mood of its own: how many tries it is good for, and how carefully it chooses them.
// A model that imitates the games holds short and long, careless and careful ones, each with some
// probability, so reinforcement has something to choose from.

#pragma once

#include <string>
#include <vector>

#include "common/random_stream.h"
#include "tasks/countdown_puzzle.h"

namespace rubato {

struct CountdownExpertOptions {
  // Weight of giving up after 1, 2, ... tries. The longest game must fit the response of the example.
  std::vector<double> patience = {8, 6, 4, 2, 2, 1, 1, 1, 1};
  // Weight of a game in which each try is the nearest to the target of 1, 2, ... random ones. With 1 they are
  // drawn with replacement; from 2 on, what was tried is not tried again.
  std::vector<double> care = {7, 2, 1, 1};
};

struct CountdownGame {
  std::string response;  // from the first try to the end token
  bool solved = false;
  int tries = 0;
};

// `puzzle` has at least one valid try. Not thread-safe in `random`.
CountdownGame PlayCountdown(const CountdownPuzzle& puzzle, const CountdownExpertOptions& options,
                            RandomStream* random);

}  // namespace rubato
