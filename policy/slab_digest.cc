#include "policy/slab_digest.h"

#include <algorithm>
#include <string_view>

namespace rubato {

Digest VersionDigest(std::span<const Digest> chunks) {
  Sha256Stream stream;
  for (const Digest& chunk : chunks) stream.Add(AsBytes(chunk));
  return stream.Finish();
}

SlabDigest DigestSlab(std::span<const std::byte> slab) {
  SlabDigest digest;
  for (size_t begin = 0; begin < slab.size(); begin += kSlabChunkBytes) {
    const auto chunk = slab.subspan(begin, std::min(kSlabChunkBytes, slab.size() - begin));
    digest.chunks.push_back(
        Sha256(std::string_view(reinterpret_cast<const char*>(chunk.data()), chunk.size())));
  }
  digest.version = VersionDigest(digest.chunks);
  return digest;
}

}  // namespace rubato
