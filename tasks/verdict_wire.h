// What goes over the pipes between a verifier pool and rubato-verify: JSON lines, one answer per request, in
// order.
//
//   {"id":1,"verifier":"countdown","row":{...},"response":"..."}
//   {"id":1,"reward":1.0,"parts":{"correct":1.0}}      judged
//   {"id":2,"error":"\"nums\" holds 0 numbers; ..."}   cannot be judged, and trying again will not help
//
// Both readers are strict: an unknown, missing or mistyped member is an error. Pure functions; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "tasks/verifier.h"

namespace rubato {

// Longest line that rubato-verify reads.
inline constexpr size_t kMostRequestBytes = size_t{16} << 20;

struct VerdictRequest {
  uint64_t id = 0;
  std::string verifier;
  Json row;
  std::string response;
};

struct VerdictReply {
  uint64_t id = 0;
  double reward = 0;
  std::vector<RewardTerm> parts;
  std::string error;  // empty: judged
};

// Without the newline.
std::string WriteRequest(const VerdictRequest& request);
std::string WriteReply(const VerdictReply& reply);

// INVALID_ARGUMENT: what is wrong with the line.
absl::StatusOr<VerdictRequest> ParseRequest(std::string_view line);
absl::StatusOr<VerdictReply> ParseReply(std::string_view line);

}  // namespace rubato
