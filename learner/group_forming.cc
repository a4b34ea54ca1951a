#include "learner/group_forming.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace rubato {
namespace {

// Until mutual TLS is there, all ranks are on one machine.
constexpr char kHost[] = "127.0.0.1";

}  // namespace

absl::StatusOr<RankGroup> FormGroup(const GroupOptions& options, HubClient* hub) {
  RankGroup group;
  CommOptions comm;
  comm.host = kHost;
  comm.prefix = absl::StrCat("generation-", options.generation);
  comm.rank = options.rank;
  comm.world = options.world;
  comm.timeout = options.timeout;
  comm.backend = options.backend;
  if (options.world > 1 && options.rank == 0) {
    ASSIGN_OR_RETURN(group.store, RendezvousStore::Open(kHost, options.timeout));
    comm.store_address = group.store->address();
    RETURN_IF_ERROR(hub->PublishRendezvous(comm.store_address));
  } else if (options.world > 1) {
    ASSIGN_OR_RETURN(comm.store_address, hub->GetRendezvous(options.timeout));
  }
  ASSIGN_OR_RETURN(group.comm, Communicator::Connect(comm));
  return group;
}

}  // namespace rubato
