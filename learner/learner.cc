#include "learner/learner.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/http_probes.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/model_digest.h"
#include "common/status.h"
#include "common/stoppable_wait.h"
#include "learner/checkpoint.h"
#include "learner/failpoint.h"
#include "learner/group_forming.h"
#include "learner/hub_client.h"
#include "learner/learner_metrics.h"
#include "learner/rank_step.h"
#include "learner/stopwatch.h"
#include "learner/trainer.h"
#include "learner/weight_publisher.h"
#include "policy/unused_ids.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

// Beyond those that a lease may still name: the prepared one, and the one before for fetches under way.
constexpr size_t kMoreVersions = 2;
constexpr absl::Duration kLinger = absl::Milliseconds(200);

class LearnerRank {
 public:
  LearnerRank(const LearnerOptions& options, LearnerMetrics* metrics, HubClient* hub)
      : options_(options), metrics_(*metrics), hub_(*hub) {}

  absl::StatusOr<LearnerEnd> Run() {
    const absl::Status joined = Join();
    if (absl::IsCancelled(joined)) return LearnerEnd::kFinished;
    RETURN_IF_ERROR(joined);
    RETURN_IF_ERROR(Load());
    RETURN_IF_ERROR(OfferHeldWeights());
    for (;;) {
      ASSIGN_OR_RETURN(const GetBatchReply batch, NextBatch());
      if (batch.state() == GetBatchReply::FINISHED) return Finish();
      if (batch.state() == GetBatchReply::DRAINING) return Drain();
      RETURN_IF_ERROR(Train(batch));
    }
  }

 private:
  bool leads() const { return options_.rank == 0; }

  absl::Status Join() {
    ASSIGN_OR_RETURN(const HelloReply hello, hub_.Hello());
    config_ = hello.config();
    ASSIGN_OR_RETURN(join_, hub_.Join());
    GroupOptions group;
    group.rank = options_.rank;
    group.world = options_.world;
    group.generation = join_.fencing().learner_generation();
    group.timeout = absl::Seconds(config_.learner().collective_timeout_seconds());
    group.backend = options_.backend;
    ASSIGN_OR_RETURN(group_, FormGroup(group, &hub_));
    LogInfo("learner_joined", {{"generation", group.generation}, {"world", options_.world}});
    return absl::OkStatus();
  }

  // Rank 0 chooses what to load, every rank loads it, and all compare what they have.
  absl::Status Load() {
    int64_t choice = -1;
    if (leads() && !join_.checkpoints().empty()) {
      ASSIGN_OR_RETURN(choice, NewestCheckpoint());
    }
    RETURN_IF_ERROR(group_.comm->Broadcast({reinterpret_cast<uint8_t*>(&choice), sizeof(choice)}, 0,
                                           "choice of the checkpoint"));
    RETURN_IF_ERROR(choice < 0 ? LoadModel() : LoadFrom(join_.checkpoints(static_cast<int>(choice))));
    ASSIGN_OR_RETURN(const bool equal,
                     group_.comm->AllEqual(digest_.version, "comparison of loaded weights"));
    if (equal) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("rank ", options_.rank, " loaded weights ", ToHex(digest_.version),
                     ", another rank others; give all ranks the same model and run directory"));
  }

  // The first of the hub's list, newest first, that verifies.
  absl::StatusOr<int64_t> NewestCheckpoint() {
    std::string skipped;
    for (int i = 0; i < join_.checkpoints_size(); ++i) {
      const auto loaded = LoadCheckpoint(options_.run_directory, join_.checkpoints(i));
      if (loaded.ok()) return i;
      LogWarn("checkpoint_skipped", {{"reason", loaded.status().message()}});
      absl::StrAppend(&skipped, "\n", loaded.status().message());
    }
    return WithExitCode(absl::DataLossError(absl::StrCat("none of the run's checkpoints verifies:", skipped)),
                        ExitCode::kBadData);
  }

  absl::Status LoadModel() {
    ASSIGN_OR_RETURN(ModelDirectory model, ReadModelDirectory(options_.model_directory));
    position_ = {0, join_.lineage(), join_.fencing().learner_generation()};
    checkpointed_step_ = 0;
    RETURN_IF_ERROR(Hold(std::move(model)));
    LogInfo("model_loaded", {{"directory", options_.model_directory}});
    return absl::OkStatus();
  }

  absl::Status LoadFrom(const CheckpointRef& ref) {
    ASSIGN_OR_RETURN(LoadedCheckpoint loaded, LoadCheckpoint(options_.run_directory, ref));
    position_ = {loaded.position.step, loaded.position.lineage, join_.fencing().learner_generation()};
    checkpointed_step_ = position_.step;
    RETURN_IF_ERROR(Hold(std::move(loaded.model)));
    trainer_->RestoreOptimizer(std::move(loaded.optimizer));
    LogInfo("checkpoint_loaded", {{"path", ref.path()},
                                  {"step", position_.step},
                                  {"steps_to_replay", join_.next_uncommitted_step() - position_.step}});
    return absl::OkStatus();
  }

  absl::Status Hold(ModelDirectory model) {
    model_files_ = std::move(model.files);
    ASSIGN_OR_RETURN(const UnusedIds unused_ids, NeverSampled(model.config.vocab));
    digest_ = DigestSlab(model.weights.bytes());
    trainer_.emplace(model.config, std::move(model.weights), config_.learner(), options_.threads, unused_ids);
    return absl::OkStatus();
  }

  // The same ids as every worker's: the hub has compared the digests of their tokenizers.
  absl::StatusOr<UnusedIds> NeverSampled(int vocab) const {
    if (!config_.rollout().mask_unused_ids()) return UnusedIds();
    const auto file = model_files_.find("tokenizer.json");
    if (file == model_files_.end()) {
      return WithExitCode(
          absl::NotFoundError("the model has no tokenizer.json, which says what ids are used; "
                              "add it or set rollout.mask_unused_ids to false"),
          ExitCode::kBadData);
    }
    absl::StatusOr<Tokenizer> tokenizer = Tokenizer::FromJson(file->second);
    if (!tokenizer.ok()) return WithExitCode(tokenizer.status(), ExitCode::kBadData);
    return UnusedIds::Find(*tokenizer, vocab);
  }

  WeightVersion HeldVersion() const {
    WeightVersion version;
    version.set_lineage(position_.lineage);
    version.set_step(position_.step);
    version.set_digest(std::string(AsBytes(digest_.version)));
    return version;
  }

  // Versions that were committed before this generation are not offered, except the newest of them.
  absl::Status OfferHeldWeights() {
    if (!leads() || position_.step < join_.next_uncommitted_step()) return absl::OkStatus();
    if (publisher_ == nullptr) {
      const size_t versions = config_.rollout().max_staleness() + 1 + kMoreVersions;
      ASSIGN_OR_RETURN(publisher_, WeightPublisher::Start(options_.weights_listen, versions, &hub_));
    }
    return publisher_->Publish(position_.lineage, position_.step, trainer_->layout(), trainer_->weights(),
                               digest_);
  }

  // Waits for the step's batch, or for what ends the run, and makes sure that all ranks got the same.
  absl::StatusOr<GetBatchReply> NextBatch() {
    Stopwatch watch;
    GetBatchReply batch;
    do {
      ASSIGN_OR_RETURN(batch, hub_.GetBatch(position_.step));
      metrics_.Polled();
    } while (batch.state() == GetBatchReply::WAITING);
    wait_seconds_ = watch.Lap();

    // A rank that was told to drain may have asked a moment after the others got a batch: then all drain.
    const bool ready = batch.state() == GetBatchReply::READY;
    ASSIGN_OR_RETURN(
        const int64_t all_ready,
        group_.comm->AllReduceMin(ready ? 1 : 0, absl::StrCat("agreement on batch ", position_.step)));
    if (ready && all_ready == 0) batch.set_state(GetBatchReply::DRAINING);
    if (batch.state() != GetBatchReply::READY) return batch;

    const Digest digest = Sha256(batch.batch_digest());
    ASSIGN_OR_RETURN(const bool equal,
                     group_.comm->AllEqual(digest, absl::StrCat("comparison of batch ", position_.step)));
    if (batch.step() == position_.step && equal) return batch;
    return absl::InternalError(absl::StrCat("batch of step ", position_.step, ": the hub sent step ",
                                            batch.step(),
                                            equal ? "" : ", and another batch to another rank"));
  }

  absl::Status Train(const GetBatchReply& batch) {
    RankStep step(&*trainer_, group_.comm.get(), config_.learner(), options_.run_directory);
    ASSIGN_OR_RETURN(StepResult result, step.Run(batch, HeldVersion()));
    (*result.report.mutable_seconds())["wait"] = wait_seconds_;
    position_.step = batch.step() + 1;
    position_.lineage = batch.lineage();
    digest_ = std::move(result.digest);
    ReachFailpoint("between_apply_and_commit", batch.step());
    if (leads()) RETURN_IF_ERROR(Commit(batch, &result.report));
    ReachFailpoint("after_commit", batch.step());
    metrics_.Trained(batch.step(), result.report);
    if (result.report.logprob_gap_max() > 0) {
      LogWarn("logprob_gap", {{"step", batch.step()}, {"nats", result.report.logprob_gap_max()}});
    }
    const bool due = position_.step % config_.checkpoint().every() == 0;
    const bool replayed = position_.step < join_.next_uncommitted_step();
    return due && !replayed ? Checkpoint() : absl::OkStatus();
  }

  absl::Status Commit(const GetBatchReply& batch, StepReport* report) {
    Stopwatch watch;
    RETURN_IF_ERROR(OfferHeldWeights());
    (*report->mutable_seconds())["publish"] = watch.Lap();
    CommitStepRequest request;
    request.set_step(batch.step());
    request.set_batch_digest(batch.batch_digest());
    *request.mutable_version() = HeldVersion();
    *request.mutable_report() = *report;
    ASSIGN_OR_RETURN(const CommitStepReply reply, hub_.CommitStep(std::move(request)));
    if (reply.lineage() == position_.lineage) return absl::OkStatus();
    LogWarn("lineage_opened", {{"step", batch.step()}, {"lineage", reply.lineage()}});
    position_.lineage = reply.lineage();
    return OfferHeldWeights();
  }

  // Written by rank 0 alone: all ranks hold the same.
  absl::Status Checkpoint() {
    if (!leads() || position_.step == checkpointed_step_) return absl::OkStatus();
    Stopwatch watch;
    ASSIGN_OR_RETURN(const CheckpointRef ref, WriteCheckpoint(options_.run_directory, position_,
                                                              {model_files_, trainer_->layout(),
                                                               trainer_->weights(), trainer_->optimizer()}));
    ReachFailpoint("before_checkpoint_report", position_.step);
    ASSIGN_OR_RETURN(const ReportCheckpointReply reply, hub_.ReportCheckpoint(ref));
    checkpointed_step_ = position_.step;
    metrics_.CheckpointWritten(position_.step, watch.Lap());
    LogInfo("checkpoint_written", {{"path", ref.path()}, {"step", position_.step}});
    const std::vector<CheckpointRef> retired(reply.retired().begin(), reply.retired().end());
    if (absl::Status status = DeleteCheckpoints(options_.run_directory, retired); !status.ok()) {
      LogWarn("checkpoint_not_deleted", {{"reason", status.message()}});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<LearnerEnd> Drain() {
    RETURN_IF_ERROR(Checkpoint());
    return LearnerEnd::kDrained;
  }

  // The last version is served until it is evaluated.
  absl::StatusOr<LearnerEnd> Finish() {
    RETURN_IF_ERROR(Checkpoint());
    // Nobody leaves before the checkpoint is there: a rank that is lost while it is written is missed.
    RETURN_IF_ERROR(group_.comm->Barrier("the last checkpoint"));
    for (;;) {
      // ABORTED when another rank was started anew: all form a generation again, so that somebody serves.
      RETURN_IF_ERROR(hub_.GetBatch(position_.step).status());
      ASSIGN_OR_RETURN(const bool over, hub_.RunIsOver());
      if (over) return LearnerEnd::kFinished;
      metrics_.Polled();
      SleepUnlessStopped(kLinger, {});
    }
  }

  const LearnerOptions& options_;
  LearnerMetrics& metrics_;
  HubClient& hub_;
  RunConfig config_;
  JoinReply join_;
  RankGroup group_;
  CheckpointPosition position_;  // of the weights held
  uint64_t checkpointed_step_ = 0;
  std::map<std::string, std::string> model_files_;
  std::optional<Trainer> trainer_;
  SlabDigest digest_;                           // of the weights held
  std::unique_ptr<WeightPublisher> publisher_;  // rank 0, once it has something to offer
  double wait_seconds_ = 0;
};

}  // namespace

absl::StatusOr<LearnerEnd> RunLearner(const LearnerOptions& options) {
  ASSIGN_OR_RETURN(const ModelDigests digests, DigestModelDirectory(options.model_directory));
  Metrics metrics("learner");
  LearnerMetrics learner_metrics(&metrics);
  ASSIGN_OR_RETURN(
      const HttpServer probes,
      HttpServer::Start(options.metrics_listen, ProbeHandlers(&metrics, [] { return absl::OkStatus(); })));
  HubClientOptions hub_options;
  hub_options.hub_address = options.hub_address;
  hub_options.rank = options.rank;
  hub_options.world = options.world;
  hub_options.model_config_digest = std::string(AsBytes(digests.config));
  hub_options.tokenizer_digest = std::string(AsBytes(digests.tokenizer));
  hub_options.metrics_address = probes.address();
  LogInfo("started", {{"hub", options.hub_address}, {"metrics", probes.address()}});
  ASSIGN_OR_RETURN(const std::unique_ptr<HubClient> hub, HubClient::Create(hub_options));
  return LearnerRank(options, &learner_metrics, hub.get()).Run();
}

}  // namespace rubato
