// The weight versions that a learner can serve: the current one, the prepared one and the last few before.
//
// Each is an immutable copy of the slab with its manifest, so that a fetch under way goes on undisturbed
// while the next update is applied and after the version is dropped here.
//
// Threading: any number of threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "policy/slab.h"
#include "proto/weights.pb.h"

namespace rubato {

struct StoredVersion {
  WeightManifest manifest;
  std::shared_ptr<const Slab> slab;
};

class WeightStore {
 public:
  // Keeps the `capacity` versions added last; at least 2.
  explicit WeightStore(size_t capacity);

  void Add(std::shared_ptr<const StoredVersion> version);

  // Null if it is not, or no longer, held.  Lineage, step and digest must all be equal.
  std::shared_ptr<const StoredVersion> Find(const WeightVersion& version) const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const StoredVersion>> versions_;  // oldest first
};

}  // namespace rubato
