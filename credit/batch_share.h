// Which rank trains which samples of a step.  A pure function; any thread.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rubato {

// The rank of each sample, so that the ranks' token counts are as even as handing out the longest first, each
// to the rank with the fewest tokens so far, makes them.  Ties go to the lower index and the lower rank.
//   tokens  length of each sample in canonical order; world >= 1
std::vector<uint32_t> ShareByTokens(std::span<const uint64_t> tokens, uint32_t world);

}  // namespace rubato
