// How a countdown response was played, whether or not it was right: what a report compares before and after.
//
// Pure; any thread. Hostile text only counts as nothing.

#pragma once

#include <string_view>

namespace rubato {

struct CountdownTraits {
  int tries = 0;          // written-out tries: what ends with a mark `<`, `>` or `!`
  int hits = 0;           // tries marked `!`
  int steps = 0;          // single calculations `a+b=c` within the tries
  int slips = 0;          // ... whose result is wrong, or that are no calculation
  bool answered = false;  // it came to `#`
};

// `response` as the verifier sees it: `19-12=7,9+7=16<...!#(19+12)-9$`.
CountdownTraits TraitsOfCountdown(std::string_view response);

}  // namespace rubato
