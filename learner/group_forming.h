// How ranks become a group: rank 0 opens the meeting point and tells the hub, the others ask the hub for it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comm/communicator.h"
#include "comm/rendezvous_store.h"
#include "learner/hub_client.h"

namespace rubato {

struct RankGroup {
  std::unique_ptr<RendezvousStore> store;  // rank 0 of a world above 1; outlives `comm`
  std::unique_ptr<Communicator> comm;
};

struct GroupOptions {
  int rank = 0;
  int world = 1;
  uint64_t generation = 0;
  absl::Duration timeout;
  CommBackend backend = CommBackend::kGloo;
};

// Errors: those of the hub client and of the communicator.
absl::StatusOr<RankGroup> FormGroup(const GroupOptions& options, HubClient* hub);

}  // namespace rubato
