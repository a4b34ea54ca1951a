// The verifier of countdown: make the target from the numbers, each used exactly once.
//
// Row: {"nums": [19, 12, 9], "target": 22}, 2 to 8 numbers from 1 to 1,000, a target from -1e9 to 1e9.
// Response: any text, then one `#`, then an expression of + - * / and parentheses, then the end token `$`:
// `19-12=7,9+7=16<19+12=31,31-9=22!#(19+12)-9$`.
// Reward: part `correct`, 1 if there is exactly one `#`, the text behind it is an expression and then one `$`
// that ends the response, it uses each number exactly once, and its exact value is the target; else 0.

#pragma once

#include <string_view>
#include <vector>

#include "tasks/verifier.h"

namespace rubato {

class CountdownVerifier : public Verifier {
 public:
  absl::Status CheckRow(const Json& row) const override;
  absl::StatusOr<std::vector<RewardTerm>> Judge(const Json& row, std::string_view response) const override;
};

}  // namespace rubato
