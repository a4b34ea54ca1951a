// Joining, weights and checkpoints; hub_learner_step.cc has batches and commits.

#include "credit/hub_learner.h"

#include "common/concat.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/status.h"

namespace rubato {
namespace {

CheckpointRef ToMessage(const CheckpointRow& row) {
  CheckpointRef ref;
  ref.set_step(row.step);
  ref.set_lineage(row.lineage);
  ref.set_generation(row.generation);
  ref.set_path(row.path);
  ref.set_manifest_digest(row.manifest_digest);
  return ref;
}

std::string HexOf(const std::string& digest) {
  const absl::StatusOr<Digest> parsed = DigestFromBytes(digest);
  return parsed.ok() ? ToHex(*parsed) : Concat(digest.size(), " bytes");
}

std::string RankName(uint32_t rank) { return Concat("rank-", rank); }

}  // namespace

absl::Status HubLearner::Check(const Fencing& fencing) const {
  RETURN_IF_ERROR(state_.CheckFencing(fencing));
  RETURN_IF_ERROR(state_.roster.Check(fencing.learner_generation()));
  return state_.failure.code() == absl::StatusCode::kDataLoss ? state_.failure : absl::OkStatus();
}

absl::Status HubLearner::Diverged(uint64_t step, const std::string& recorded, const std::string& offered) {
  const std::string_view why = step == 0 ? ". The run stops: the model directory is not the one it began with"
                                         : ". run.deterministic is true, so the run stops: the machine or "
                                           "the build is not the one it began on";
  const absl::Status status =
      absl::DataLossError(Concat("version ", step, " was recorded with digest ", HexOf(recorded),
                                 "; the learner made ", HexOf(offered), why));
  state_.Fail(status);
  return status;
}

AnswerOr<JoinReply> HubLearner::Join(const JoinRequest& request) {
  RETURN_IF_ERROR(state_.CheckFencing(request.fencing()));
  const absl::Time now = state_.clock.Now();
  RETURN_IF_ERROR(state_.names.Heard(LEARNER, RankName(request.rank()), request.instance(), now).status());
  if (request.world() != state_.roster.world() || request.rank() >= request.world()) {
    return absl::FailedPreconditionError(Concat("rank ", request.rank(), " of ", request.world(),
                                                " cannot join: learner.ranks is ", state_.roster.world()));
  }
  const uint64_t before = state_.roster.generation();
  const bool was_whole = state_.roster.whole();
  const uint64_t generation = state_.roster.Join(request.rank(), request.instance(), now);
  if (state_.roster.generation() != before || state_.roster.whole() != was_whole) state_.Changed();
  if (generation != before && generation != 0) LogInfo("generation", {{"generation", generation}});

  Answer<JoinReply> answer;
  *answer.reply.mutable_fencing() = state_.MakeFencing(generation);
  answer.hold = generation == 0;
  if (answer.hold) return answer;
  for (const CheckpointRow& row : state_.ledger.Checkpoints()) {
    if (!row.retired) *answer.reply.add_checkpoints() = ToMessage(row);
  }
  answer.reply.set_next_uncommitted_step(state_.steps.replay_until());
  answer.reply.set_lineage(state_.versions.lineage());
  return answer;
}

AnswerOr<PublishRendezvousReply> HubLearner::PublishRendezvous(const PublishRendezvousRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  if (request.address().empty()) return absl::InvalidArgumentError("address is empty");
  state_.roster.PublishRendezvous(request.address());
  state_.Changed();
  return Answer<PublishRendezvousReply>();
}

AnswerOr<GetRendezvousReply> HubLearner::GetRendezvous(const GetRendezvousRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  Answer<GetRendezvousReply> answer;
  answer.reply.set_address(state_.roster.rendezvous());
  answer.hold = answer.reply.address().empty();
  return answer;
}

AnswerOr<OfferWeightsReply> HubLearner::OfferWeights(const OfferWeightsRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  const WeightVersion& offered = request.manifest().version();
  if (offered.digest().size() != std::tuple_size_v<Digest>) {
    return absl::InvalidArgumentError(
        Concat("manifest.version.digest has ", offered.digest().size(), " bytes"));
  }
  if (request.addresses().empty())
    return absl::InvalidArgumentError("addresses is empty: nobody could fetch it");
  VersionRow row{offered.lineage(),
                 offered.step(),
                 offered.digest(),
                 false,
                 request.fencing().learner_generation(),
                 {request.addresses().begin(), request.addresses().end()}};
  Answer<OfferWeightsReply> answer;
  const VersionRow* current = state_.versions.current();
  if (current == nullptr) {
    if (row.step != 0 || row.lineage != 0) {
      return absl::InvalidArgumentError(Concat("the run begins with version 0, not ", row.step));
    }
    state_.BeginWith(row);
    answer.reply.set_current(true);
    return answer;
  }
  const VersionRow* known = state_.versions.Find(row.step);
  if (known != nullptr && known->digest == row.digest) {
    state_.versions.SetSources(row.step, row.generation, row.addresses);
    state_.Changed();
    answer.reply.set_current(row.step == current->step);
    return answer;
  }
  if (known != nullptr && (row.step == 0 || state_.inputs.config.run().deterministic())) {
    return Diverged(row.step, known->digest, row.digest);
  }
  if (known == nullptr && row.step != current->step + 1) {
    return absl::InvalidArgumentError(Concat("version ", row.step, " cannot follow version ", current->step));
  }
  state_.versions.Prepare(std::move(row));
  return answer;
}

AnswerOr<ReportCheckpointReply> HubLearner::ReportCheckpoint(const ReportCheckpointRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  const CheckpointRef& ref = request.checkpoint();
  const VersionRow* version = state_.versions.Find(ref.step());
  if (version == nullptr || version->lineage != ref.lineage()) {
    return absl::FailedPreconditionError(Concat("a checkpoint of version ", ref.step(), " of lineage ",
                                                ref.lineage(), ", which is not committed"));
  }
  if (ref.path().empty() || ref.path().front() == '/' || ref.path().find("..") != std::string::npos) {
    return absl::InvalidArgumentError(
        Concat("checkpoint.path is \"", ref.path(), "\"; it must lie in the run"));
  }
  CheckpointRow row{ref.lineage(), ref.step(), ref.generation(), ref.path(), ref.manifest_digest(), false};
  state_.ledger.Put(row);
  state_.history.Add(
      "checkpoint",
      Json::Object{
          {"step", row.step}, {"lineage", row.lineage}, {"generation", row.generation}, {"path", row.path}});
  Answer<ReportCheckpointReply> answer;
  uint32_t kept = 0;
  for (CheckpointRow& known : state_.ledger.Checkpoints()) {
    if (known.retired || ++kept > state_.inputs.config.checkpoint().keep()) {
      known.retired = true;
      state_.ledger.Put(known);
      *answer.reply.add_retired() = ToMessage(known);
    }
  }
  return answer;
}

}  // namespace rubato
