// Batches and commits of HubLearner.

#include "common/concat.h"
#include "common/digest.h"
#include "common/status.h"
#include "credit/batch_share.h"
#include "credit/hub_learner.h"

namespace rubato {
namespace {

uint64_t AllTokens(const BatchSample& sample) {
  uint64_t bytes = 0;
  for (const Segment& segment : sample.segments()) bytes += segment.token_ids().size();
  return bytes / sizeof(int32_t);
}

void AddShare(const StepBatch& batch, uint32_t rank, uint32_t world, GetBatchReply* reply) {
  std::vector<uint64_t> tokens;
  for (const BatchSample& sample : batch.samples) tokens.push_back(AllTokens(sample));
  const std::vector<uint32_t> rank_of = ShareByTokens(tokens, world);
  for (size_t i = 0; i < batch.samples.size(); ++i) {
    if (rank_of[i] == rank) *reply->add_samples() = batch.samples[i];
  }
}

}  // namespace

AnswerOr<GetBatchReply> HubLearner::Waiting(uint64_t step, std::string what) const {
  Answer<GetBatchReply> answer;
  answer.reply.set_state(GetBatchReply::WAITING);
  answer.reply.set_step(step);
  answer.reply.set_waiting_for(std::move(what));
  answer.hold = true;
  return answer;
}

AnswerOr<GetBatchReply> HubLearner::Ready(const GetBatchRequest& request) {
  absl::StatusOr<std::shared_ptr<const StepBatch>> batch = state_.steps.Batch(request.step());
  if (!batch.ok()) {
    state_.fatal = batch.status();
    return batch.status();
  }
  Answer<GetBatchReply> answer;
  answer.reply.set_state(GetBatchReply::READY);
  answer.reply.set_step(request.step());
  answer.reply.set_batch_digest((*batch)->digest);
  *answer.reply.mutable_normalizers() = (*batch)->normalizers;
  answer.reply.set_replay(request.step() < state_.steps.replay_until());
  answer.reply.set_lineage(state_.versions.LineageOfStep(request.step()));
  AddShare(**batch, request.rank(), request.world(), &answer.reply);
  return answer;
}

bool HubLearner::CanComplete(uint64_t step) const {
  const RunPlan& plan = state_.inputs.plan;
  if (state_.next_group < plan.FirstGroup(step + 1)) return false;
  for (const UnitKey& unit : state_.work.ready()) {
    if (!unit.training() || plan.StepOf(unit.ordinal) == step) return false;
  }
  return true;
}

AnswerOr<GetBatchReply> HubLearner::GetBatch(const GetBatchRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  if (request.world() != state_.roster.world() || request.rank() >= request.world()) {
    return absl::InvalidArgumentError(
        Concat("rank ", request.rank(), " of ", request.world(), ", the roster has ", state_.roster.world()));
  }
  state_.names.Touch(LEARNER, Concat("rank-", request.rank()), state_.clock.Now());
  const uint64_t next = state_.steps.next_uncommitted();
  const uint64_t step = request.step();
  if (step < next) return Ready(request);
  if (step > next + 1 || step > state_.inputs.plan.steps) {
    return absl::InvalidArgumentError(Concat("step ", step, " is asked for, step ", next, " is next"));
  }
  if (step > next) return Waiting(step, Concat("the commit of step ", next));
  Answer<GetBatchReply> answer;
  answer.reply.set_step(step);
  if (step == state_.inputs.plan.steps) {
    answer.reply.set_state(GetBatchReply::FINISHED);
    return answer;
  }
  const EvaluationRow* evaluation = state_.evaluations.open();
  if (state_.steps.Find(step) && evaluation == nullptr) return Ready(request);
  if (!state_.failure.ok() || (state_.draining && !CanComplete(step))) {
    answer.reply.set_state(GetBatchReply::DRAINING);
    return answer;
  }
  if (evaluation != nullptr) {
    return Waiting(step, Concat(state_.evaluations.rows_left(), " rows of the evaluation of version ", step));
  }
  return Waiting(step, Concat(state_.inputs.plan.groups_per_step - state_.steps.GroupsDone(step),
                              " groups of step ", step));
}

CommitStepReply HubLearner::Committed(uint64_t step) const {
  CommitStepReply reply;
  reply.set_draining(state_.stopped() && !state_.finished());
  reply.set_lineage(state_.versions.LineageOfStep(step));
  return reply;
}

AnswerOr<CommitStepReply> HubLearner::CommitAgain(const CommitStepRequest& request, const StepRow& row) {
  const std::string& digest = request.version().digest();
  if (row.weight_digest == digest) return Answer<CommitStepReply>{Committed(row.step)};
  if (state_.inputs.config.run().deterministic()) return Diverged(row.step + 1, row.weight_digest, digest);
  state_.OpenLineage(row.step);
  state_.CommitStep(digest, request.fencing().learner_generation(), request.report().SerializeAsString());
  return Answer<CommitStepReply>{Committed(row.step)};
}

absl::Status HubLearner::CheckNextCommit(const CommitStepRequest& request) const {
  const VersionRow* current = state_.versions.current();
  const VersionRow* prepared = state_.versions.prepared();
  const std::string& digest = request.version().digest();
  if (request.version().lineage() != state_.versions.lineage()) {
    return absl::FailedPreconditionError(Concat("version.lineage is ", request.version().lineage(),
                                                ", the present lineage is ", state_.versions.lineage()));
  }
  if (state_.evaluations.open() != nullptr) {
    return absl::FailedPreconditionError(
        Concat("version ", request.step(), " is still being evaluated, its step was not handed out"));
  }
  // Versions of a replay are not offered before; the last of them is, once the learner has come back.
  const bool replay = request.step() < state_.steps.replay_until();
  const bool offered = prepared != nullptr && prepared->step == request.step() + 1 &&
                       prepared->digest == digest &&
                       prepared->generation == request.fencing().learner_generation();
  if (!offered && !replay) {
    return absl::FailedPreconditionError(
        Concat("version ", request.step() + 1, " was not offered before its commit"));
  }
  absl::StatusOr<std::shared_ptr<const StepBatch>> batch = state_.steps.Batch(request.step());
  if (batch.ok() && (*batch)->samples.empty() && digest != current->digest) {
    return absl::FailedPreconditionError(Concat(
        "step ", request.step(), " has no samples, so its weights must be those of version ", current->step));
  }
  return absl::OkStatus();
}

AnswerOr<CommitStepReply> HubLearner::CommitStep(const CommitStepRequest& request) {
  RETURN_IF_ERROR(Check(request.fencing()));
  const uint64_t next = state_.steps.next_uncommitted();
  if (request.version().step() != request.step() + 1 ||
      request.version().digest().size() != std::tuple_size_v<Digest>) {
    return absl::InvalidArgumentError(Concat("step ", request.step(), " makes version ", request.step() + 1,
                                             " with a digest of 32 bytes, not version ",
                                             request.version().step(), " with ",
                                             request.version().digest().size()));
  }
  const std::optional<StepRow> row =
      request.step() <= next ? state_.steps.Find(request.step()) : std::nullopt;
  if (!row)
    return absl::FailedPreconditionError(
        Concat("step ", request.step(), " has no batch; step ", next, " is next"));
  if (row->batch_digest != request.batch_digest()) {
    return absl::FailedPreconditionError(
        Concat("batch_digest is not that of the batch of step ", request.step()));
  }
  if (request.step() < next) return CommitAgain(request, *row);
  RETURN_IF_ERROR(CheckNextCommit(request));
  state_.CommitStep(request.version().digest(), request.fencing().learner_generation(),
                    request.report().SerializeAsString());
  return Answer<CommitStepReply>{Committed(request.step())};
}

}  // namespace rubato
