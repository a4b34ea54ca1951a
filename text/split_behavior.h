// What becomes of the matches of a Split pre-tokenizer's pattern, and of what is between them. Pure
// functions.

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "text/text_range.h"

namespace rubato {

// The names are those of tokenizer.json.
enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

std::optional<SplitBehavior> ParseSplitBehavior(std::string_view name);

// The pieces of a text of `size` bytes, in order, none of them empty. `matches` are in order and disjoint;
// with `invert`, what is between them counts as the matches.
std::vector<TextRange> Split(const std::vector<TextRange>& matches, size_t size, SplitBehavior behavior,
                             bool invert);

}  // namespace rubato
