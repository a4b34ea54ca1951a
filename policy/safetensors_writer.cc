#include "policy/safetensors_writer.h"

#include <algorithm>
#include <utility>

#include "common/atomic_file.h"
#include "common/bytes.h"
#include "common/concat.h"
#include "common/json.h"
#include "common/status.h"
#include "policy/weight_floats.h"

namespace rubato {

namespace {

constexpr int64_t kPieceFloats = int64_t{1} << 18;

std::span<const float> ValuesOf(const SlabTensor& tensor, const Slab& slab) {
  return slab.floats().subspan(static_cast<size_t>(tensor.offset), static_cast<size_t>(tensor.size));
}

std::string Header(std::span<const SlabTensor> tensors, SafetensorsType type) {
  Json header;
  Json metadata;
  metadata.Set("format", "pt");  // transformers refuses a file without it
  header.Set("__metadata__", std::move(metadata));
  int64_t begin = 0;
  for (const SlabTensor& tensor : tensors) {
    Json entry;
    entry.Set("dtype", NameOf(type));
    Json shape(Json::Array{});
    for (const int64_t size : tensor.shape) shape.Append(size);
    entry.Set("shape", std::move(shape));
    const int64_t end = begin + tensor.size * BytesPerElement(type);
    entry.Set("data_offsets", Json::Array{begin, end});
    header.Set(tensor.name, std::move(entry));
    begin = end;
  }
  std::string text = header.Dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data are aligned when mapped
  return text;
}

absl::Status AppendTensor(const SlabTensor& tensor, const Slab& slab, SafetensorsType type,
                          std::string* piece, AtomicFile* file) {
  const std::span<const float> values = ValuesOf(tensor, slab);
  for (size_t begin = 0; begin < values.size(); begin += kPieceFloats) {
    const auto floats = values.subspan(begin, std::min<size_t>(kPieceFloats, values.size() - begin));
    piece->resize(floats.size() * static_cast<size_t>(BytesPerElement(type)));
    FromFloats(floats, type, reinterpret_cast<unsigned char*>(piece->data()));
    RETURN_IF_ERROR(file->Append(*piece));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFits(std::span<const SlabTensor> tensors, const Slab& slab, SafetensorsType type) {
  for (const SlabTensor& tensor : tensors) {
    const std::span<const float> values = ValuesOf(tensor, slab);
    if (const std::optional<size_t> at = FirstTooLarge(values, type); at.has_value()) {
      return absl::InvalidArgumentError(Concat("weights: \"", tensor.name, "\" holds ", values[*at],
                                               " at element ", *at, ", too large for ", NameOf(type),
                                               "; write the model as F32 or BF16"));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteSafetensors(const std::string& path, const SlabLayout& layout, const Slab& slab,
                              SafetensorsType type) {
  return WriteSafetensors(path, layout.tensors(), slab, type);
}

absl::Status WriteSafetensors(const std::string& path, std::span<const SlabTensor> tensors, const Slab& slab,
                              SafetensorsType type) {
  if (!IsWeightType(type)) {
    return absl::InvalidArgumentError(
        Concat(path, ": weights are written as F32, BF16 or F16, not as ", NameOf(type)));
  }
  RETURN_IF_ERROR(CheckFits(tensors, slab, type));
  const std::string header = Header(tensors, type);
  std::string piece;
  AppendNumber<uint64_t>(header.size(), &piece);
  piece += header;
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file.Append(piece));
  for (const SlabTensor& tensor : tensors) {
    RETURN_IF_ERROR(AppendTensor(tensor, slab, type, &piece, &file));
  }
  return file.Commit();
}

}  // namespace rubato
