#include "credit/hub_hello.h"

#include "common/concat.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/protocol_version.h"
#include "common/status.h"

namespace rubato {
namespace {

std::string Short(const std::string& digest) {
  const absl::StatusOr<Digest> parsed = DigestFromBytes(digest);
  return parsed.ok() ? ShortHex(*parsed) : "none";
}

absl::Status CheckDigest(const HelloRequest& request, std::string_view what, const std::string& theirs,
                         const std::string& ours) {
  if (theirs == ours) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Concat(request.name(), " has another ", what, " than the run: ", Short(theirs), ", the run has ",
             Short(ours), ". Start it with the model directory and configuration of the run"));
}

absl::Status CheckFits(const HelloRequest& request, const HubState& state) {
  if (request.protocol_version() != kProtocolVersion) {
    return absl::FailedPreconditionError(Concat(request.name(), " (build ", request.build(),
                                                ") speaks protocol ", request.protocol_version(),
                                                ", the hub (build ", kBuildVersion, ") speaks ",
                                                kProtocolVersion, ". Start both from the same build"));
  }
  if (!request.config_digest().empty()) {
    RETURN_IF_ERROR(
        CheckDigest(request, "configuration", request.config_digest(), state.inputs.config_digest));
  }
  if (request.role() == OBSERVER) return absl::OkStatus();
  if (request.role() != ROLLOUT && request.role() != LEARNER) {
    return absl::InvalidArgumentError(Concat("role is ", static_cast<int>(request.role())));
  }
  RETURN_IF_ERROR(CheckDigest(request, "model (config.json)", request.model_config_digest(),
                              state.inputs.model_config_digest));
  return CheckDigest(request, "tokenizer (tokenizer.json)", request.tokenizer_digest(),
                     state.inputs.tokenizer_digest);
}

}  // namespace

AnswerOr<HelloReply> SayHello(const HelloRequest& request, HubState* state) {
  RETURN_IF_ERROR(CheckFits(request, *state));
  RETURN_IF_ERROR(state->names.Register(request, state->clock.Now()));
  // Also those that an instance took which died together with an earlier life of the hub.
  const int released =
      request.role() == ROLLOUT ? state->work.ReleaseOthers({request.name(), request.instance()}) : 0;
  if (released > 0) {
    LogInfo("replaced", {{"name", request.name()}, {"leases_released", released}});
    state->Changed();
  }
  Answer<HelloReply> answer;
  *answer.reply.mutable_fencing() = state->MakeFencing();
  *answer.reply.mutable_config() = state->inputs.config;
  answer.reply.set_config_digest(state->inputs.config_digest);
  answer.reply.set_run_id(state->identity.run_id);
  return answer;
}

}  // namespace rubato
