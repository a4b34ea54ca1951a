#pragma once

#include "absl/status/status.h"
#include "policy/slab_digest.h"
#include "policy/slab_layout.h"
#include "proto/weights.pb.h"

namespace rubato {

// What a source of weights tells of a version it holds.  `lineage` and `step` name it, `digest` proves it.
WeightManifest MakeWeightManifest(uint32_t lineage, uint64_t step, const SlabLayout& layout,
                                  const SlabDigest& digest);

// Before the first byte is fetched: INVALID_ARGUMENT, naming field and both values, unless the manifest lays
// its slab out exactly as `layout`, is fp32 in 4 MiB chunks, and its chunk digests make its version digest.
absl::Status CheckWeightManifest(const WeightManifest& manifest, const SlabLayout& layout);

}  // namespace rubato
