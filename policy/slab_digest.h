#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/digest.h"

namespace rubato {

inline constexpr size_t kSlabChunkBytes = size_t{4} << 20;

// What proves that a slab holds a version (proto/weights.proto): SHA-256 of each 4 MiB chunk in order, the
// last one maybe shorter, and SHA-256 over those digests joined together, which names the version.
struct SlabDigest {
  std::vector<Digest> chunks;
  Digest version{};
};

SlabDigest DigestSlab(std::span<const std::byte> slab);

// The digest of a version from the digests of its chunks.
Digest VersionDigest(std::span<const Digest> chunks);

}  // namespace rubato
