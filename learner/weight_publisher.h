// What rank 0 does with a new version: keeps a copy, serves it, and offers it to the hub.
//
// Owned by the rank's loop; one thread at a time.  Fetchers are served from threads of the server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "learner/hub_client.h"
#include "learner/weight_store.h"
#include "learner/weights_service.h"
#include "policy/slab_digest.h"
#include "policy/slab_layout.h"

namespace rubato {

class WeightPublisher {
 public:
  // Serves the newest `versions` at `listen`.
  static absl::StatusOr<std::unique_ptr<WeightPublisher>> Start(const std::string& listen, size_t versions,
                                                                HubClient* hub);

  // The version as it is named in the manifest that was offered.
  absl::Status Publish(uint32_t lineage, uint64_t step, const SlabLayout& layout, const Slab& weights,
                       const SlabDigest& digest);

 private:
  WeightPublisher(size_t versions, HubClient* hub) : store_(versions), hub_(*hub) {}

  WeightStore store_;
  std::unique_ptr<WeightsServer> server_;
  HubClient& hub_;
};

}  // namespace rubato
