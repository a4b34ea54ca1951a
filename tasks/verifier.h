// What turns a response into a reward.
//
// A verifier is a pure function of (row, response): no state, no clock, no randomness, any thread. It runs
// inside rubato-verify, never in a role, because both of its arguments may be hostile.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

// Not called RewardPart and Judgement not Verdict: those are messages of proto/sample.proto in the same
// namespace.
struct RewardTerm {
  std::string name;
  double value = 0;
};

class Verifier {
 public:
  virtual ~Verifier() = default;

  // INVALID_ARGUMENT: names the field of `row` that is missing or wrong. Used when a data set is loaded.
  virtual absl::Status CheckRow(const Json& row) const = 0;

  // The parts of the reward, which is their sum. `response` is the decoded text, special tokens kept, so that
  // a verifier sees whether the policy ended it. A bad response is a reward of 0, never an error.
  // INVALID_ARGUMENT: as CheckRow.
  virtual absl::StatusOr<std::vector<RewardTerm>> Judge(const Json& row, std::string_view response) const = 0;
};

// The built-in verifier of that name. NOT_FOUND: names those that exist.
absl::StatusOr<std::unique_ptr<Verifier>> MakeVerifier(std::string_view name);

}  // namespace rubato
