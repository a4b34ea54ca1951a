#include "tests/credit/hub_in_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/unique_name.h"

namespace rubato {
namespace {

std::string FreshDirectory() {
  // In memory where that can be had: these tests commit thousands of times, and kill no machine.
  const std::string parent = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : testing::TempDir();
  return Concat(parent, "/rubato_hub_test_", UniqueName());
}

}  // namespace

HubInProcess::HubInProcess(HubInputs given, const std::string& directory)
    : inputs(std::move(given)), run_directory(directory.empty() ? FreshDirectory() : directory) {}

HubInProcess::~HubInProcess() {
  Stop();
  std::filesystem::remove_all(run_directory);
}

absl::Status HubInProcess::Start(const std::string& owner) {
  HubOptions options;
  options.run_directory = run_directory;
  options.resume = true;
  options.owner = owner;
  options.clock = &clock;
  options.process_is_alive = [this](int pid) { return alive.contains(pid); };
  absl::StatusOr<std::unique_ptr<Hub>> hub = Hub::Start(inputs, options);
  if (hub.ok()) hub_ = *std::move(hub);
  return hub.status();
}

void HubInProcess::Restart() {
  Stop();
  const absl::Status status = Start();
  ASSERT_TRUE(status.ok()) << status;
}

std::vector<Json> HubInProcess::History() const {
  std::vector<Json> events;
  const std::string text = ReadFile(run_directory + "/ledger/history.jsonl").value_or("");
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    events.push_back(Json::Parse(line).value_or(Json()));
  }
  return events;
}

std::string HubInProcess::Metrics() const { return ReadFile(run_directory + "/metrics.jsonl").value_or(""); }

void HubInProcess::Advance(absl::Duration by) {
  clock.Advance(by);
  hub_->Poke();
}

template <typename Reply, typename Ask>
absl::StatusOr<Reply> HubInProcess::Call(Ask ask) {
  const Crash strike = crash ? crash(calls_) : Crash::kNone;
  ++calls_;
  if (strike == Crash::kBefore) {
    Restart();
    return absl::UnavailableError("crashed before");
  }
  std::promise<absl::StatusOr<Reply>> promise;
  ask([&](absl::StatusOr<Reply> reply) { promise.set_value(std::move(reply)); });
  absl::StatusOr<Reply> reply = promise.get_future().get();
  if (strike == Crash::kAfter) {
    Restart();
    return absl::UnavailableError("crashed after");
  }
  return reply;
}

absl::StatusOr<HelloReply> HubInProcess::Hello(const HelloRequest& request) {
  return Call<HelloReply>([&](auto done) { hub_->Hello(request, done); });
}
absl::StatusOr<LeaseReply> HubInProcess::Lease(const LeaseRequest& request) {
  return Call<LeaseReply>([&](auto done) { hub_->Lease(request, {}, done); });
}
absl::StatusOr<RenewReply> HubInProcess::Renew(const RenewRequest& request) {
  return Call<RenewReply>([&](auto done) { hub_->Renew(request, done); });
}
absl::StatusOr<SubmitReply> HubInProcess::Submit(const SubmitRequest& request) {
  return Call<SubmitReply>([&](auto done) { hub_->Submit(request, done); });
}
absl::StatusOr<ReleaseReply> HubInProcess::Release(const ReleaseRequest& request) {
  return Call<ReleaseReply>([&](auto done) { hub_->Release(request, done); });
}
absl::StatusOr<JoinReply> HubInProcess::Join(const JoinRequest& request) {
  return Call<JoinReply>([&](auto done) { hub_->Join(request, {}, done); });
}
absl::StatusOr<PublishRendezvousReply> HubInProcess::PublishRendezvous(
    const PublishRendezvousRequest& request) {
  return Call<PublishRendezvousReply>([&](auto done) { hub_->PublishRendezvous(request, done); });
}
absl::StatusOr<GetRendezvousReply> HubInProcess::GetRendezvous(const GetRendezvousRequest& request) {
  return Call<GetRendezvousReply>([&](auto done) { hub_->GetRendezvous(request, {}, done); });
}
absl::StatusOr<OfferWeightsReply> HubInProcess::OfferWeights(const OfferWeightsRequest& request) {
  return Call<OfferWeightsReply>([&](auto done) { hub_->OfferWeights(request, done); });
}
absl::StatusOr<GetBatchReply> HubInProcess::GetBatch(const GetBatchRequest& request) {
  return Call<GetBatchReply>([&](auto done) { hub_->GetBatch(request, {}, done); });
}
absl::StatusOr<CommitStepReply> HubInProcess::CommitStep(const CommitStepRequest& request) {
  return Call<CommitStepReply>([&](auto done) { hub_->CommitStep(request, done); });
}
absl::StatusOr<ReportCheckpointReply> HubInProcess::ReportCheckpoint(const ReportCheckpointRequest& request) {
  return Call<ReportCheckpointReply>([&](auto done) { hub_->ReportCheckpoint(request, done); });
}
absl::StatusOr<RunStatus> HubInProcess::Status() {
  return Call<RunStatus>([&](auto done) { hub_->Status(done); });
}
absl::StatusOr<DrainReply> HubInProcess::Drain(const DrainRequest& request) {
  return Call<DrainReply>([&](auto done) { hub_->Drain(request, done); });
}

}  // namespace rubato
