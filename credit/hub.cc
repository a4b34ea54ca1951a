#include "credit/hub.h"

#include <utility>

#include "common/status.h"
#include "credit/hub_files.h"
#include "credit/hub_hello.h"
#include "credit/hub_learner.h"
#include "credit/hub_metrics.h"
#include "credit/hub_rollout.h"
#include "credit/hub_run.h"
#include "credit/hub_state.h"
#include "credit/hub_status.h"
#include "credit/hub_thread.h"
#include "credit/ledger_lock.h"

namespace rubato {

// In the order of their making; each points at those before it.
struct Hub::Parts {
  HubInputs inputs;
  const Clock* clock;
  std::optional<LedgerLock> lock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<HubState> state;
  std::optional<HubRollout> rollout;
  std::optional<HubLearner> learner;
  std::optional<HubFiles> files;
  std::optional<HubMetrics> metrics;
  std::unique_ptr<HubThread> thread;
};

absl::StatusOr<std::unique_ptr<Hub>> Hub::Start(HubInputs inputs, const HubOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->inputs = std::move(inputs);
  parts->clock = options.clock;
  ASSIGN_OR_RETURN(parts->lock, LedgerLock::Acquire(options.run_directory));
  ASSIGN_OR_RETURN(parts->ledger,
                   Ledger::Open(options.run_directory, parts->inputs.config.ledger().segment_bytes()));
  absl::StatusOr<HubIdentity> identity =
      TakeRun(parts->inputs, {options.resume, options.owner}, *options.clock, parts->ledger.get());
  if (!identity.ok()) return Annotate(identity.status(), options.run_directory);
  ASSIGN_OR_RETURN(parts->state, HubState::Open(&parts->inputs, *identity, parts->ledger.get(), options.clock,
                                                options.process_is_alive));
  RETURN_IF_ERROR(parts->ledger->Commit());
  ASSIGN_OR_RETURN(parts->files, HubFiles::Open(options.run_directory, parts->state.get()));
  parts->rollout.emplace(parts->state.get());
  parts->learner.emplace(parts->state.get());
  if (options.metrics != nullptr) {
    parts->metrics.emplace(options.metrics);
    parts->metrics->Update(*parts->state);
  }
  HubThread::Options thread{parts->state.get(), &*parts->files, options.clock, nullptr, options.on_end};
  if (parts->metrics) {
    thread.on_commit = [metrics = &*parts->metrics](const HubState& state) { metrics->Update(state); };
  }
  parts->thread = std::make_unique<HubThread>(thread);
  return std::unique_ptr<Hub>(new Hub(std::move(parts)));
}

Hub::Hub(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Hub::~Hub() { Stop(); }

template <typename Reply, typename Ask>
void Hub::Call(Ask ask, Done<Reply> done, HubHold hold) {
  auto call = [parts = parts_.get(), ask = std::move(ask)]() -> AnswerOr<Reply> { return ask(*parts); };
  parts_->thread->Enqueue(
      std::make_unique<TypedHubCall<Reply>>(std::move(call), std::move(done), std::move(hold)));
}

void Hub::Hello(const HelloRequest& request, Done<HelloReply> done) {
  Call<HelloReply>([request](Parts& parts) { return SayHello(request, parts.state.get()); }, std::move(done));
}

void Hub::Lease(const LeaseRequest& request, HubHold hold, Done<LeaseReply> done) {
  hold.wants_work = true;
  Call<LeaseReply>([request](Parts& parts) { return parts.rollout->Lease(request, parts.thread->askers()); },
                   std::move(done), std::move(hold));
}

void Hub::Renew(const RenewRequest& request, Done<RenewReply> done) {
  Call<RenewReply>([request](Parts& parts) { return parts.rollout->Renew(request); }, std::move(done));
}

void Hub::Submit(const SubmitRequest& request, Done<SubmitReply> done) {
  Call<SubmitReply>([request](Parts& parts) { return parts.rollout->Submit(request); }, std::move(done));
}

void Hub::Release(const ReleaseRequest& request, Done<ReleaseReply> done) {
  Call<ReleaseReply>([request](Parts& parts) { return parts.rollout->Release(request); }, std::move(done));
}

void Hub::Join(const JoinRequest& request, HubHold hold, Done<JoinReply> done) {
  Call<JoinReply>([request](Parts& parts) { return parts.learner->Join(request); }, std::move(done),
                  std::move(hold));
}

void Hub::PublishRendezvous(const PublishRendezvousRequest& request, Done<PublishRendezvousReply> done) {
  Call<PublishRendezvousReply>([request](Parts& parts) { return parts.learner->PublishRendezvous(request); },
                               std::move(done));
}

void Hub::GetRendezvous(const GetRendezvousRequest& request, HubHold hold, Done<GetRendezvousReply> done) {
  Call<GetRendezvousReply>([request](Parts& parts) { return parts.learner->GetRendezvous(request); },
                           std::move(done), std::move(hold));
}

void Hub::OfferWeights(const OfferWeightsRequest& request, Done<OfferWeightsReply> done) {
  Call<OfferWeightsReply>([request](Parts& parts) { return parts.learner->OfferWeights(request); },
                          std::move(done));
}

void Hub::GetBatch(const GetBatchRequest& request, HubHold hold, Done<GetBatchReply> done) {
  Call<GetBatchReply>([request](Parts& parts) { return parts.learner->GetBatch(request); }, std::move(done),
                      std::move(hold));
}

void Hub::CommitStep(const CommitStepRequest& request, Done<CommitStepReply> done) {
  Call<CommitStepReply>([request](Parts& parts) { return parts.learner->CommitStep(request); },
                        std::move(done));
}

void Hub::ReportCheckpoint(const ReportCheckpointRequest& request, Done<ReportCheckpointReply> done) {
  Call<ReportCheckpointReply>([request](Parts& parts) { return parts.learner->ReportCheckpoint(request); },
                              std::move(done));
}

void Hub::Status(Done<RunStatus> done) {
  Call<RunStatus>(
      [](Parts& parts) { return AnswerOr<RunStatus>(Answer<RunStatus>{MakeStatus(*parts.state)}); },
      std::move(done));
}

void Hub::Drain(const DrainRequest& request, Done<DrainReply> done) {
  Call<DrainReply>(
      [request](Parts& parts) {
        parts.state->Drain(request.reason());
        return AnswerOr<DrainReply>(Answer<DrainReply>());
      },
      std::move(done));
}

const Clock& Hub::clock() const { return *parts_->clock; }
void Hub::Poke() { parts_->thread->Poke(); }
void Hub::Stop() { parts_->thread->Stop(); }

}  // namespace rubato
