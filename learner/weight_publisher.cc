#include "learner/weight_publisher.h"

#include <algorithm>

#include "common/status.h"
#include "policy/weight_manifest.h"

namespace rubato {

absl::StatusOr<std::unique_ptr<WeightPublisher>> WeightPublisher::Start(const std::string& listen,
                                                                        size_t versions, HubClient* hub) {
  std::unique_ptr<WeightPublisher> publisher(new WeightPublisher(versions, hub));
  ASSIGN_OR_RETURN(publisher->server_, WeightsServer::Start(listen, &publisher->store_));
  return publisher;
}

absl::Status WeightPublisher::Publish(uint32_t lineage, uint64_t step, const SlabLayout& layout,
                                      const Slab& weights, const SlabDigest& digest) {
  auto copy = std::make_shared<Slab>(weights.size());
  std::ranges::copy(weights.floats(), copy->data());
  auto version = std::make_shared<StoredVersion>();
  version->manifest = MakeWeightManifest(lineage, step, layout, digest);
  version->slab = std::move(copy);
  store_.Add(version);
  return hub_.OfferWeights(version->manifest, server_->address());
}

}  // namespace rubato
