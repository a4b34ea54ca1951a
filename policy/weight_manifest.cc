#include "policy/weight_manifest.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rubato {

namespace {

absl::Status Mismatch(const std::string& field, const std::string& theirs, const std::string& ours) {
  return absl::InvalidArgumentError(absl::StrCat("weight manifest: ", field, " is ", theirs,
                                                 ", this model needs ", ours,
                                                 ": source and receiver run different models"));
}

std::string Describe(const TensorEntry& entry) {
  return absl::StrCat("\"", entry.name(), "\" ", entry.dtype(), " [", absl::StrJoin(entry.shape(), ", "),
                      "] at ", entry.offset_bytes(), ", ", entry.size_bytes(), " bytes");
}

TensorEntry EntryOf(const SlabTensor& tensor) {
  TensorEntry entry;
  entry.set_name(tensor.name);
  entry.set_dtype("F32");
  for (const int64_t size : tensor.shape) entry.add_shape(static_cast<uint64_t>(size));
  entry.set_offset_bytes(static_cast<uint64_t>(tensor.offset) * 4);
  entry.set_size_bytes(static_cast<uint64_t>(tensor.size) * 4);
  return entry;
}

absl::Status CheckTensors(const WeightManifest& manifest, const SlabLayout& layout) {
  const size_t count = layout.tensors().size();
  if (static_cast<size_t>(manifest.tensors_size()) != count) {
    return Mismatch("number of tensors", absl::StrCat(manifest.tensors_size()), absl::StrCat(count));
  }
  for (size_t i = 0; i < count; ++i) {
    const std::string theirs = Describe(manifest.tensors(static_cast<int>(i)));
    const std::string ours = Describe(EntryOf(layout.tensors()[i]));
    if (theirs != ours) return Mismatch(absl::StrCat("tensor ", i), theirs, ours);
  }
  return absl::OkStatus();
}

absl::Status CheckDigests(const WeightManifest& manifest) {
  std::vector<Digest> chunks;
  for (const std::string& bytes : manifest.chunk_digests()) {
    const absl::StatusOr<Digest> digest = DigestFromBytes(bytes);
    if (!digest.ok()) return digest.status();
    chunks.push_back(*digest);
  }
  if (AsBytes(VersionDigest(chunks)) == manifest.version().digest()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("weight manifest: chunk digests give version digest ", ToHex(VersionDigest(chunks)),
                   ", which is not the one it names; fetch from another source"));
}

}  // namespace

WeightManifest MakeWeightManifest(uint32_t lineage, uint64_t step, const SlabLayout& layout,
                                  const SlabDigest& digest) {
  WeightManifest manifest;
  manifest.mutable_version()->set_lineage(lineage);
  manifest.mutable_version()->set_step(step);
  manifest.mutable_version()->set_digest(std::string(AsBytes(digest.version)));
  for (const SlabTensor& tensor : layout.tensors()) *manifest.add_tensors() = EntryOf(tensor);
  manifest.set_total_bytes(static_cast<uint64_t>(layout.size_bytes()));
  manifest.set_chunk_bytes(kSlabChunkBytes);
  for (const Digest& chunk : digest.chunks) manifest.add_chunk_digests(std::string(AsBytes(chunk)));
  return manifest;
}

absl::Status CheckWeightManifest(const WeightManifest& manifest, const SlabLayout& layout) {
  if (absl::Status status = CheckTensors(manifest, layout); !status.ok()) return status;
  const uint64_t bytes = static_cast<uint64_t>(layout.size_bytes());
  const uint64_t chunks = (bytes + kSlabChunkBytes - 1) / kSlabChunkBytes;
  if (manifest.total_bytes() != bytes) {
    return Mismatch("total_bytes", absl::StrCat(manifest.total_bytes()), absl::StrCat(bytes));
  }
  if (manifest.chunk_bytes() != kSlabChunkBytes) {
    return Mismatch("chunk_bytes", absl::StrCat(manifest.chunk_bytes()), absl::StrCat(kSlabChunkBytes));
  }
  if (static_cast<uint64_t>(manifest.chunk_digests_size()) != chunks) {
    return Mismatch("number of chunk digests", absl::StrCat(manifest.chunk_digests_size()),
                    absl::StrCat(chunks));
  }
  return CheckDigests(manifest);
}

}  // namespace rubato
