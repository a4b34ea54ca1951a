#include "rollout/lease_loop.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/log.h"
#include "common/stoppable_wait.h"

namespace rubato {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(2);
constexpr absl::Duration kRoomPoll = absl::Milliseconds(2);

void TakeIn(const LeaseLoopParts& parts, LeaseReply reply) {
  const std::vector<VersionSource> sources(reply.sources().begin(), reply.sources().end());
  for (Work& work : *reply.mutable_work()) {
    parts.book->Granted(work.lease_id(), static_cast<size_t>(work.keys_size()));
    parts.leased->Push({std::make_shared<const Work>(std::move(work)), sources, absl::Now()});
  }
}

absl::Status LeaseUntilDrained(const LeaseLoopParts& parts, const std::stop_token& stop) {
  const size_t enough = std::max<size_t>(1, parts.capacity / 8);
  while (!stop.stop_requested()) {
    const size_t busy = parts.book->to_generate();
    const size_t room = parts.capacity - std::min(parts.capacity, busy);
    if (room < enough) {
      SleepUnlessStopped(kRoomPoll, stop);
      continue;
    }
    absl::StatusOr<LeaseReply> reply = parts.client->Lease(static_cast<uint32_t>(room), kPoll);
    if (!reply.ok()) return stop.stop_requested() ? absl::OkStatus() : reply.status();
    parts.metrics->leased.Stamp();
    if (reply->draining() && reply->work().empty()) return absl::OkStatus();
    TakeIn(parts, *std::move(reply));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunLeaseLoop(const LeaseLoopParts& parts, std::stop_token stop) {
  absl::Status status = LeaseUntilDrained(parts, stop);
  parts.leased->Close();
  return status;
}

absl::Status RunRenewLoop(const LeaseLoopParts& parts, std::stop_token stop) {
  const absl::Duration every = std::min(parts.lease_time / 3, absl::Seconds(2));
  while (SleepUnlessStopped(every, stop)) {
    absl::StatusOr<RenewReply> reply =
        parts.client->Renew(parts.book->Held(), parts.serving->version(),
                            static_cast<uint64_t>(parts.serving->generated_tokens()));
    if (!reply.ok()) return stop.stop_requested() ? absl::OkStatus() : reply.status();
    // A lost lease is worked on all the same: the hub takes an unsealed sample from whoever brings it first.
    // One that was settled while the call was under way is not lost.
    const std::vector<uint64_t> held = parts.book->Held();
    for (uint64_t id : reply->lost_lease_ids()) {
      if (std::binary_search(held.begin(), held.end(), id)) LogInfo("lease_lost", {{"lease", id}});
    }
  }
  return absl::OkStatus();
}

}  // namespace rubato
