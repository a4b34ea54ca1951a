// The weights of one response, for people: a line of its tokens marked by weight, and a table that says why.
// Token texts come from a model and are escaped (common/escape.h).  Pure functions; safe from any thread.

#pragma once

#include <span>
#include <string>

#include "credit/response_view.h"
#include "credit/token_weights.h"

namespace rubato {

// How weights are shown in a line.
enum class Emphasis {
  kBrackets,  // [part of the bonus], [[an anchor]], [[[an anchor that is also an intro]]]
  kColours,   // background colours of a 256-colour terminal, paler for less
};

// The tokens of a response as one line, neighbours of the same emphasis together.
//   tokens  [T] text of each token, as decoded
//   gamma   [T]
//   amp     the weight that counts as whole (CreditSettings::amp): the emphasis is (gamma - 1) / (amp - 1)
std::string TokenLine(std::span<const std::string> tokens, std::span<const double> gamma, double amp,
                      Emphasis emphasis);

// One line that explains TokenLine: the same marks around the weights of `coupled` under these numbers.
std::string TokenLineLegend(double amp, double alpha, Emphasis emphasis);

// A header and one line per token: position, text, WAAD, delta, FAI, gamma, and what it is: anchor,
// dominated, intro, chunk, masked, excluded.  "-" stands for an undefined statistic.
std::string TokenTable(std::span<const std::string> tokens, const ResponseView& response,
                       const TokenWeights& weights);

}  // namespace rubato
