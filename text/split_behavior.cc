#include "text/split_behavior.h"

#include <algorithm>

namespace rubato {
namespace {

// A range of the text and whether the pattern (or, inverted, what is between its matches) covers it.
struct Cutting {
  TextRange range;
  bool is_match;
};

std::vector<Cutting> Cover(const std::vector<TextRange>& matches, size_t size, bool invert) {
  std::vector<Cutting> cuts;
  size_t at = 0;
  for (const TextRange& match : matches) {
    if (at < match.begin) cuts.push_back({{at, match.begin}, invert});
    cuts.push_back({match, !invert});
    at = match.end;
  }
  if (at < size) cuts.push_back({{at, size}, invert});
  return cuts;
}

// Joins each cut for which `joins(cut, previous_was_match)` holds to the one before it.
template <typename Joins>
std::vector<Cutting> JoinToPrevious(const std::vector<Cutting>& cuts, Joins joins) {
  std::vector<Cutting> joined;
  bool previous_was_match = false;
  for (const Cutting& cut : cuts) {
    if (!joined.empty() && joins(cut, previous_was_match)) {
      joined.back().range.begin = std::min(joined.back().range.begin, cut.range.begin);
      joined.back().range.end = std::max(joined.back().range.end, cut.range.end);
    } else {
      joined.push_back(cut);
    }
    previous_was_match = cut.is_match;
  }
  return joined;
}

std::vector<Cutting> Apply(SplitBehavior behavior, std::vector<Cutting> cuts) {
  const auto lone_match = [](const Cutting& cut, bool after_match) { return cut.is_match && !after_match; };
  const auto same_kind = [](const Cutting& cut, bool after_match) { return cut.is_match == after_match; };
  switch (behavior) {
    case SplitBehavior::kIsolated:
      break;
    case SplitBehavior::kRemoved:
      std::erase_if(cuts, [](const Cutting& cut) { return cut.is_match; });
      break;
    case SplitBehavior::kMergedWithPrevious:
      return JoinToPrevious(cuts, lone_match);
    case SplitBehavior::kMergedWithNext:
      std::reverse(cuts.begin(), cuts.end());
      cuts = JoinToPrevious(cuts, lone_match);
      std::reverse(cuts.begin(), cuts.end());
      break;
    case SplitBehavior::kContiguous:
      return JoinToPrevious(cuts, same_kind);
  }
  return cuts;
}

}  // namespace

std::optional<SplitBehavior> ParseSplitBehavior(std::string_view name) {
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  return std::nullopt;
}

std::vector<TextRange> Split(const std::vector<TextRange>& matches, size_t size, SplitBehavior behavior,
                             bool invert) {
  std::vector<TextRange> pieces;
  for (const Cutting& part : Apply(behavior, Cover(matches, size, invert))) {
    if (!part.range.empty()) pieces.push_back(part.range);
  }
  return pieces;
}

}  // namespace rubato
