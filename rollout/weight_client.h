#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"
#include "proto/rollout.pb.h"
#include "proto/weights.pb.h"

namespace rubato {

// Fetches one exact version from whichever of its sources answers, and proves it.
//
// Sources are tried in turn; a stream that breaks goes on, from the next source, at the first chunk that is
// missing.  Every chunk is compared with the manifest and the whole with the version's digest.
//
// `layout` is that of the model this worker was built for: a manifest with other tensors is refused.
//
// Errors: UNAVAILABLE - no source could deliver within `timeout`; names each and what it said.  NOT_FOUND -
// every source answered that it no longer holds the version: ask the hub again.  DATA_LOSS - a digest
// differs; names the chunk and the source.  FAILED_PRECONDITION - the manifest has other tensors than the
// model.
//
// Threading: one call at a time per thread; it holds no state.
absl::StatusOr<Slab> FetchWeights(const VersionSource& source, const SlabLayout& layout,
                                  absl::Duration timeout);

}  // namespace rubato
