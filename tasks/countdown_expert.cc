#include "tasks/countdown_expert.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace rubato {
namespace {

using Tries = std::vector<CountdownTry>;

// 1 for the first weight, 2 for the second, ...
int DrawPatience(const std::vector<double>& weights, RandomStream* random) {
  double left = random->Uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
  size_t index = 0;
  while (index + 1 < weights.size() && left >= weights[index]) left -= weights[index++];
  return static_cast<int>(index) + 1;
}

const CountdownTry& Draw(const Tries& tries, RandomStream* random) {
  return tries[random->Below(tries.size())];
}

// Takes all tries with one random first step out of `left`, and gives the one nearest to the target among
// them; of several, a random one.
CountdownTry TakeAimed(Tries* left, int target, RandomStream* random) {
  std::vector<CountdownTry::Step> firsts;
  for (const CountdownTry& a_try : *left) {
    if (firsts.empty() || firsts.back() != a_try.first) firsts.push_back(a_try.first);  // they are sorted
  }
  const CountdownTry::Step first = firsts[random->Below(firsts.size())];
  const auto distance = [&](const CountdownTry& a_try) { return std::abs(a_try.value() - target); };
  Tries nearest;
  for (const CountdownTry& a_try : *left) {
    if (a_try.first != first) continue;
    if (!nearest.empty() && distance(a_try) < distance(nearest.front())) nearest.clear();
    if (nearest.empty() || distance(a_try) == distance(nearest.front())) nearest.push_back(a_try);
  }
  std::erase_if(*left, [&](const CountdownTry& a_try) { return a_try.first == first; });
  return Draw(nearest, random);
}

char MarkOf(int value, int target) { return value < target ? '<' : value > target ? '>' : '!'; }

}  // namespace

CountdownGame PlayCountdown(const CountdownPuzzle& puzzle, const CountdownExpertOptions& options,
                            RandomStream* random) {
  const int patience = DrawPatience(options.patience, random);
  CountdownGame game;
  game.aimed = random->Uniform() < options.aim;
  Tries left = ValidTries(puzzle.nums);
  std::string answer;
  while (game.tries < patience && !game.solved && !left.empty()) {
    const CountdownTry made = game.aimed ? TakeAimed(&left, puzzle.target, random) : Draw(left, random);
    game.response += made.Steps() + MarkOf(made.value(), puzzle.target);
    game.solved = made.value() == puzzle.target;
    answer = made.Expression();
    ++game.tries;
  }
  game.response += "#" + answer + "$";
  return game;
}

}  // namespace rubato
