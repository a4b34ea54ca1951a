#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "proto/rollout.pb.h"
#include "rollout/engine/engine.h"

namespace rubato {

// What passes between the threads of a worker.  Values; a Work is shared and never changed.

// A lease, with the sources of versions that the hub named beside it.
struct LeasedWork {
  std::shared_ptr<const Work> work;
  std::vector<VersionSource> sources;
  absl::Time leased_at;
};

// One sample of a lease, generated and not yet judged.
struct GeneratedSample {
  std::shared_ptr<const Work> work;
  int key_index = 0;  // of work->keys()
  absl::Time leased_at;
  FinishedSample result;
};

}  // namespace rubato
