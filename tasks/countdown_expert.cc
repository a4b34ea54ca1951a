#include "tasks/countdown_expert.h"

#include <cstdlib>
#include <numeric>

namespace rubato {
namespace {

size_t DrawIndex(const std::vector<double>& weights, RandomStream* random) {
  double left = random->Uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
  size_t index = 0;
  while (index + 1 < weights.size() && left >= weights[index]) left -= weights[index++];
  return index;
}

// Index of the nearest to the target of `draws` random tries.
size_t Choose(const std::vector<CountdownTry>& tries, int target, size_t draws, RandomStream* random) {
  const auto distance = [&](size_t index) { return std::abs(tries[index].value() - target); };
  size_t best = random->Below(tries.size());
  for (size_t draw = 1; draw < draws; ++draw) {
    const size_t other = random->Below(tries.size());
    if (distance(other) < distance(best)) best = other;
  }
  return best;
}

char MarkOf(int value, int target) { return value < target ? '<' : value > target ? '>' : '!'; }

}  // namespace

CountdownGame PlayCountdown(const CountdownPuzzle& puzzle, const CountdownExpertOptions& options,
                            RandomStream* random) {
  const int patience = static_cast<int>(DrawIndex(options.patience, random)) + 1;
  const size_t care = DrawIndex(options.care, random) + 1;
  std::vector<CountdownTry> left = ValidTries(puzzle.nums);
  CountdownGame game;
  std::string answer;
  while (game.tries < patience && !game.solved && !left.empty()) {
    const size_t index = Choose(left, puzzle.target, care, random);
    const CountdownTry chosen = left[index];
    if (care > 1) left.erase(left.begin() + static_cast<std::ptrdiff_t>(index));
    game.response += chosen.Steps() + MarkOf(chosen.value(), puzzle.target);
    game.solved = chosen.value() == puzzle.target;
    answer = chosen.Expression();
    ++game.tries;
  }
  game.response += "#" + answer + "$";
  return game;
}

}  // namespace rubato
