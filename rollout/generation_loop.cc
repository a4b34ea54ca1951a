#include "rollout/generation_loop.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/log.h"
#include "rollout/sample_stream.h"
#include "stats/capture.h"

namespace rubato {
namespace {

using Action = SwapDecision::Action;

constexpr std::chrono::milliseconds kIdleWait{50};
constexpr size_t kTakeAtOnce = 256;

AllowedVersions AllowedBy(const Work& work) {
  return {work.versions().lineage(), work.versions().oldest_step(), work.versions().newest_step()};
}

const VersionSource* SourceOf(const LeasedWork& leased, const ServedVersion& version) {
  for (const VersionSource& source : leased.sources) {
    if (source.version().lineage() == version.lineage && source.version().step() == version.step)
      return &source;
  }
  return nullptr;
}

}  // namespace

absl::Status GenerationLoop::Run(std::stop_token stop) {
  absl::Status status;
  while (status.ok() && !stop.stop_requested()) {
    const bool idle = in_flight_.empty() && (waiting_.empty() || Holding());
    for (LeasedWork& leased :
         parts_.leased->Take(kTakeAtOnce, idle ? kIdleWait : std::chrono::milliseconds(0))) {
      waiting_.push_back(std::move(leased));
    }
    if (waiting_.empty() && in_flight_.empty()) {
      if (parts_.leased->closed() && parts_.leased->size() == 0) break;
      continue;
    }
    status = Turn();
  }
  parts_.generated->Close();
  return status;
}

absl::Status GenerationLoop::Turn() {
  if (absl::Status status = Admit(); !status.ok()) return status;
  if (in_flight_.empty()) return absl::OkStatus();
  const int64_t before = parts_.engine->generated_tokens();
  if (absl::Status status = parts_.engine->Step(); !status.ok()) return status;
  const int64_t after = parts_.engine->generated_tokens();
  parts_.serving->SetGeneratedTokens(after);
  parts_.metrics->generated_tokens.Add(static_cast<double>(after - before));
  parts_.metrics->live_samples.Set(parts_.engine->live_samples());
  parts_.metrics->waiting_samples.Set(parts_.engine->waiting_samples());
  parts_.metrics->stepped.Stamp();
  PassOnFinished();
  return absl::OkStatus();
}

absl::Status GenerationLoop::Admit() {
  if (Holding()) return absl::OkStatus();
  if (hold_until_ != absl::InfinitePast()) GiveBackWaiting();
  while (!waiting_.empty()) {
    const SwapDecision decision = DecideSwap(Snapshot(waiting_.front()));
    if (decision.action == Action::kWaitUntilIdle) return absl::OkStatus();
    if (decision.action == Action::kServe) {
      LeasedWork next = std::move(waiting_.front());
      waiting_.pop_front();
      if (absl::Status s = Start(std::move(next)); !s.ok()) return s;
      continue;
    }
    bool swapped = false;
    if (decision.action == Action::kSwap) {
      if (absl::Status s = Swap(waiting_.front(), decision.target, &swapped); !s.ok()) return s;
    }
    if (!swapped) {
      HoldWaiting();
      return absl::OkStatus();
    }
    failed_fetches_ = 0;
  }
  return absl::OkStatus();
}

void GenerationLoop::HoldWaiting() {
  const absl::Duration wait = absl::Milliseconds(100) * (1 << std::min(failed_fetches_++, 4));
  hold_until_ = absl::Now() + wait;
}

void GenerationLoop::GiveBackWaiting() {
  for (const LeasedWork& leased : waiting_) GiveBack(leased);
  waiting_.clear();
  hold_until_ = absl::InfinitePast();
}

SwapSnapshot GenerationLoop::Snapshot(const LeasedWork& next) const {
  SwapSnapshot snapshot;
  if (parts_.engine->weights()) {
    snapshot.serving = ServedVersion{parts_.engine->version().lineage(), parts_.engine->version().step()};
  }
  snapshot.allowed = AllowedBy(*next.work);
  for (const VersionSource& source : next.sources) {
    if (source.addresses().empty()) continue;
    snapshot.available.push_back({source.version().lineage(), source.version().step()});
  }
  snapshot.in_flight = !in_flight_.empty();
  snapshot.in_flight_exact = exact_in_flight_ > 0;
  return snapshot;
}

absl::Status GenerationLoop::Swap(const LeasedWork& leased, const ServedVersion& target, bool* swapped) {
  const absl::Time began = absl::Now();
  const VersionSource& source = *SourceOf(leased, target);
  absl::StatusOr<Slab> fetched = parts_.fetch(source);
  if (!fetched.ok()) {
    LogWarn("weights_not_fetched", {{"step", target.step}, {"error", fetched.status().ToString()}});
    return fetched.status().code() == absl::StatusCode::kFailedPrecondition ? fetched.status()
                                                                            : absl::OkStatus();
  }
  const double bytes = static_cast<double>(fetched->bytes().size());
  auto slab = std::make_shared<const Slab>(*std::move(fetched));
  if (absl::Status s = parts_.engine->SetWeights(std::move(slab), source.version()); !s.ok()) return s;
  const SlabDigest served = parts_.engine->DigestServed();
  if (AsBytes(served.version) != source.version().digest()) {
    return absl::DataLossError(absl::StrCat(
        "the weights served from memory have digest ", ToHex(served.version), ", not that of version ",
        target.step, " of lineage ", target.lineage, "; this process cannot be trusted, start it anew"));
  }
  parts_.serving->Serve(source.version());
  parts_.metrics->swaps.Add();
  parts_.metrics->fetched_bytes.Add(bytes);
  parts_.metrics->serving_step.Set(static_cast<double>(target.step));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  parts_.metrics->swap_seconds.Observe(seconds);
  LogInfo("weights_swapped", {{"lineage", target.lineage}, {"step", target.step}, {"seconds", seconds}});
  *swapped = true;
  return absl::OkStatus();
}

absl::Status GenerationLoop::Start(LeasedWork leased) {
  const Work& work = *leased.work;
  absl::StatusOr<std::vector<int32_t>> prompt = UnpackInt32(work.prompt_ids());
  if (!prompt.ok()) return prompt.status();
  absl::StatusOr<Capture> capture = DecodeCapture(work.capture());
  if (!capture.ok()) return capture.status();
  GroupTask group;
  group.prompt_ids = *std::move(prompt);
  group.sampling = work.sampling();
  group.capture = *std::move(capture);
  for (int i = 0; i < work.keys_size(); ++i) {
    group.samples.push_back({next_tag_, SampleStream(parts_.run_seed, work.keys(i))});
    in_flight_[next_tag_++] = {leased, i};
    exact_in_flight_ += AllowedBy(work).exact();
  }
  return parts_.engine->AddGroup(std::move(group));
}

void GenerationLoop::GiveBack(const LeasedWork& leased) {
  const uint64_t id = leased.work->lease_id();
  parts_.release(id);
  parts_.metrics->leases_released.Add();
  for (int i = 0; i < leased.work->keys_size(); ++i) {
    parts_.book->Generated(id);
    parts_.book->Settled(id);
  }
}

void GenerationLoop::PassOnFinished() {
  for (FinishedSample& finished : parts_.engine->TakeFinished()) {
    auto node = in_flight_.extract(finished.tag);
    if (node.empty()) continue;
    InFlight& in_flight = node.mapped();
    exact_in_flight_ -= AllowedBy(*in_flight.leased.work).exact();
    parts_.book->Generated(in_flight.leased.work->lease_id());
    parts_.generated->Push(
        {in_flight.leased.work, in_flight.key_index, in_flight.leased.leased_at, std::move(finished)});
  }
}

}  // namespace rubato
