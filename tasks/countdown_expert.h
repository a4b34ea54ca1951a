// A deliberately mediocre player of countdown, whose written-out games make the base model.
//
// It writes tries, each with a mark (`<` below the target, `>` above, `!` hit), stops at a hit and answers
// with it; when its patience ends first it answers with its last, wrong try:
//
//   19-12=7,9+7=16<12-9=3,19*3=57>19+12=31,31-9=22!#(19+12)-9$
//
// Each game is played in a mood of its own. Patience: after how many tries it gives up. And most games are
// played blindly, every try drawn anew from all valid ones; in some it aims: it never makes a first step
// twice, and its second step is the one that comes nearest to the target. A model that imitates the games
// holds short and long, blind and aimed ones, each with some probability, so reinforcement has something to
// choose from.

#pragma once

#include <string>
#include <vector>

#include "common/random_stream.h"
#include "tasks/countdown_puzzle.h"

namespace rubato {

struct CountdownExpertOptions {
  // Weight of giving up after 1, 2, ... tries. The longest game should fit a response of the example.
  std::vector<double> patience = {10, 6, 3, 2, 1, 1, 1, 1, 1};
  double aim = 0.35;  // share of games that aim
};

struct CountdownGame {
  std::string response;  // from the first try to the end token
  bool solved = false;
  bool aimed = false;
  int tries = 0;
};

// `puzzle` has at least one valid try; `random` is drawn from.
CountdownGame PlayCountdown(const CountdownPuzzle& puzzle, const CountdownExpertOptions& options,
                            RandomStream* random);

}  // namespace rubato
