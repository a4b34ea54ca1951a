#include "learner/weight_store.h"

#include <algorithm>
#include <utility>

namespace rubato {

WeightStore::WeightStore(size_t capacity) : capacity_(std::max<size_t>(capacity, 2)) {}

void WeightStore::Add(std::shared_ptr<const StoredVersion> version) {
  std::lock_guard lock(mutex_);
  versions_.push_back(std::move(version));
  if (versions_.size() > capacity_) versions_.pop_front();
}

std::shared_ptr<const StoredVersion> WeightStore::Find(const WeightVersion& wanted) const {
  std::lock_guard lock(mutex_);
  // A version offered again under another lineage is there twice.
  for (const auto& version : versions_) {
    const WeightVersion& held = version->manifest.version();
    if (held.lineage() == wanted.lineage() && held.step() == wanted.step() &&
        held.digest() == wanted.digest()) {
      return version;
    }
  }
  return nullptr;
}

}  // namespace rubato
