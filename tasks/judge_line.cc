#include "tasks/judge_line.h"

#include <memory>
#include <utility>
#include <vector>

#include "common/status.h"
#include "tasks/verdict_wire.h"
#include "tasks/verifier.h"

namespace rubato {
namespace {

absl::StatusOr<std::vector<RewardTerm>> Judge(const VerdictRequest& request) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Verifier> verifier, MakeVerifier(request.verifier));
  return verifier->Judge(request.row, request.response);
}

}  // namespace

absl::StatusOr<std::string> JudgeLine(std::string_view line) {
  ASSIGN_OR_RETURN(const VerdictRequest request, ParseRequest(line));
  VerdictReply reply;
  reply.id = request.id;
  absl::StatusOr<std::vector<RewardTerm>> parts = Judge(request);
  if (parts.ok()) {
    reply.parts = *std::move(parts);
    for (const RewardTerm& part : reply.parts) reply.reward += part.value;
  } else {
    reply.error = std::string(parts.status().message());
  }
  return WriteReply(reply);
}

}  // namespace rubato
