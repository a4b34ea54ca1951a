#include "tests/credit/fake_learner.h"

#include "common/concat.h"
#include "common/digest.h"
#include "common/protocol_version.h"
#include "common/status.h"
#include "credit/batch_digest.h"
#include "tests/credit/say_again.h"

namespace rubato {
namespace {

std::string HashOf(const std::string& text) { return std::string(AsBytes(Sha256(text))); }

}  // namespace

FakeLearner::FakeLearner(HubConversation* hub, const HubInputs* inputs, uint32_t world, int first_pid)
    : hub_(*hub),
      inputs_(*inputs),
      world_(world),
      first_pid_(first_pid),
      fencing_(world),
      digest_(HashOf("version 0")) {}

void FakeLearner::BeBornAgain(int first_pid) {
  first_pid_ = first_pid;
  ++births_;
  fencing_.assign(world_, Fencing());
  generation_ = 0;
  step_ = 0;
  digest_ = HashOf("version 0");
  finished_ = draining_ = false;
}

Fencing FakeLearner::fencing(uint32_t rank) const {
  Fencing fencing = fencing_[rank];
  fencing.set_learner_generation(generation_);
  return fencing;
}

absl::Status FakeLearner::Hello(uint32_t rank) {
  HelloRequest request;
  request.set_protocol_version(kProtocolVersion);
  request.set_role(LEARNER);
  request.set_name(Concat("rank-", rank));
  request.set_instance(Concat(rank, ".", births_));
  request.set_pid(first_pid_ + static_cast<int>(rank));
  request.set_model_config_digest(inputs_.model_config_digest);
  request.set_tokenizer_digest(inputs_.tokenizer_digest);
  ASSIGN_OR_RETURN(const HelloReply reply, hub_.Hello(request));
  fencing_[rank] = reply.fencing();
  return absl::OkStatus();
}

// Every call of every rank.
#define ASK(Reply, rank, call, request)                         \
  SayAgain<Reply>([&] { return Hello(rank); },                  \
                  [&] {                                         \
                    *request.mutable_fencing() = fencing(rank); \
                    return hub_.call(request);                  \
                  })

absl::Status FakeLearner::Join() {
  JoinReply joined;
  // Twice: the last rank's call completes the roster, the others then hear of it.
  for (int round = 0; round < 2; ++round) {
    for (uint32_t rank = 0; rank < world_; ++rank) {
      JoinRequest request;
      request.set_rank(rank);
      request.set_world(world_);
      request.set_instance(Concat(rank, ".", births_));
      ASSIGN_OR_RETURN(joined, ASK(JoinReply, rank, Join, request));
    }
  }
  generation_ = joined.fencing().learner_generation();
  if (generation_ == 0) return absl::InternalError("all ranks joined, but there is no generation");
  offer_from_ = joined.next_uncommitted_step();
  lineage_ = joined.lineage();
  for (const CheckpointRef& ref : joined.checkpoints()) {
    const auto saved = checkpoints_.find(ref.path());
    if (saved == checkpoints_.end()) continue;
    step_ = saved->second.step;
    digest_ = saved->second.digest;
    break;
  }
  return step_ >= offer_from_ ? Offer(step_, digest_) : absl::OkStatus();
}

absl::Status FakeLearner::Offer(uint64_t step, const std::string& digest) {
  OfferWeightsRequest request;
  WeightVersion* version = request.mutable_manifest()->mutable_version();
  version->set_lineage(lineage_);
  version->set_step(step);
  version->set_digest(digest);
  request.add_addresses(Concat("127.0.0.1:", first_pid_));
  return ASK(OfferWeightsReply, 0, OfferWeights, request).status();
}

absl::StatusOr<GetBatchReply> FakeLearner::GetBatch(uint32_t rank, uint64_t step) {
  GetBatchRequest request;
  request.set_step(step);
  request.set_rank(rank);
  request.set_world(world_);
  return ASK(GetBatchReply, rank, GetBatch, request);
}

std::string FakeLearner::After(const GetBatchReply& batch) const {
  if (batch.normalizers().samples() == 0) return digest_;
  return HashOf(Concat(digest_, batch.batch_digest(), salt_));
}

absl::StatusOr<CommitStepReply> FakeLearner::Commit(const GetBatchReply& batch, const std::string& digest) {
  CommitStepRequest request;
  request.set_step(batch.step());
  request.set_batch_digest(batch.batch_digest());
  request.mutable_version()->set_lineage(batch.lineage());
  request.mutable_version()->set_step(batch.step() + 1);
  request.mutable_version()->set_digest(digest);
  request.mutable_report()->set_grad_norm(0.5);
  request.mutable_report()->set_tokens(batch.normalizers().tokens());
  return ASK(CommitStepReply, 0, CommitStep, request);
}

// All ranks' shares make up the batch, and each is the same bytes when asked for again.
absl::Status FakeLearner::CheckShares(const GetBatchReply& first_share) {
  std::map<std::pair<uint64_t, uint32_t>, BatchSample> all;
  for (uint32_t rank = 0; rank < world_; ++rank) {
    ASSIGN_OR_RETURN(const GetBatchReply share, GetBatch(rank, first_share.step()));
    ASSIGN_OR_RETURN(const GetBatchReply again, GetBatch(rank, first_share.step()));
    if (share.SerializeAsString() != again.SerializeAsString())
      complaints_.push_back("a share differs when asked for twice");
    for (const BatchSample& sample : share.samples()) {
      all[{*inputs_.plan.NumberOf(sample.key().group()), sample.key().index()}] = sample;
    }
  }
  std::vector<BatchSample> samples;
  for (auto& [key, sample] : all) samples.push_back(std::move(sample));
  const Digest digest = BatchDigest(first_share.step(), first_share.normalizers(), samples);
  if (AsBytes(digest) != first_share.batch_digest()) complaints_.push_back("the shares are not the batch");
  return absl::OkStatus();
}

absl::Status FakeLearner::Save() {
  const std::string path = Concat("checkpoints/step-", step_, ".gen-", generation_);
  checkpoints_[path] = {step_, digest_};
  ReportCheckpointRequest request;
  request.mutable_checkpoint()->set_step(step_);
  request.mutable_checkpoint()->set_lineage(lineage_);
  request.mutable_checkpoint()->set_generation(generation_);
  request.mutable_checkpoint()->set_path(path);
  request.mutable_checkpoint()->set_manifest_digest(HashOf(path));
  ASSIGN_OR_RETURN(const ReportCheckpointReply reply,
                   ASK(ReportCheckpointReply, 0, ReportCheckpoint, request));
  for (const CheckpointRef& ref : reply.retired()) checkpoints_.erase(ref.path());
  return absl::OkStatus();
}

absl::Status FakeLearner::Train(const GetBatchReply& batch) {
  RETURN_IF_ERROR(CheckShares(batch));
  const std::string digest = After(batch);
  lineage_ = batch.lineage();
  if (!batch.replay()) RETURN_IF_ERROR(Offer(batch.step() + 1, digest));
  ASSIGN_OR_RETURN(const CommitStepReply committed, Commit(batch, digest));
  replayed_ += batch.replay();
  step_ = batch.step() + 1;
  digest_ = digest;
  lineage_ = committed.lineage();
  if (batch.replay() && step_ == offer_from_) RETURN_IF_ERROR(Offer(step_, digest_));
  return step_ % inputs_.config.checkpoint().every() == 0 ? Save() : absl::OkStatus();
}

absl::Status FakeLearner::Work() {
  if (generation_ == 0) RETURN_IF_ERROR(Join());
  ASSIGN_OR_RETURN(const GetBatchReply batch, GetBatch(0, step_));
  if (batch.state() == GetBatchReply::READY) return Train(batch);
  finished_ = batch.state() == GetBatchReply::FINISHED;
  draining_ = batch.state() == GetBatchReply::DRAINING;
  return absl::OkStatus();
}

}  // namespace rubato
