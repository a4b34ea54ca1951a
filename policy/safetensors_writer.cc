#include "policy/safetensors_writer.h"

#include <bit>
#include <cmath>
#include <utility>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"

namespace rubato {

namespace {

// To nearest, ties to even.
uint16_t FloatToBf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);  // quiet, or it could become infinite
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

std::string Header(const SlabLayout& layout, SafetensorsType type) {
  Json header;
  Json metadata;
  metadata.Set("format", "pt");  // transformers refuses a file without it
  header.Set("__metadata__", std::move(metadata));
  for (const SlabTensor& tensor : layout.tensors()) {
    Json entry;
    entry.Set("dtype", NameOf(type));
    Json shape(Json::Array{});
    for (const int64_t size : tensor.shape) shape.Append(size);
    entry.Set("shape", std::move(shape));
    const int64_t begin = tensor.offset * BytesPerElement(type);
    const int64_t end = begin + tensor.size * BytesPerElement(type);
    entry.Set("data_offsets", Json::Array{begin, end});
    header.Set(tensor.name, std::move(entry));
  }
  std::string text = header.Dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data are aligned when mapped
  return text;
}

}  // namespace

absl::Status WriteSafetensors(const std::string& path, const SlabLayout& layout, const Slab& slab,
                              SafetensorsType type) {
  if (type == SafetensorsType::kF16) {
    return absl::InvalidArgumentError(Concat(path, ": weights are written as F32 or BF16, not as F16"));
  }
  const std::string header = Header(layout, type);
  std::string file;
  file.reserve(8 + header.size() + static_cast<size_t>(layout.size() * BytesPerElement(type)));
  AppendNumber<uint64_t>(header.size(), &file);
  file += header;
  if (type == SafetensorsType::kF32) {
    file.append(reinterpret_cast<const char*>(slab.data()), slab.floats().size_bytes());
  } else {
    for (const float value : slab.floats()) AppendNumber(FloatToBf16(value), &file);
  }
  return WriteFileAtomically(path, file);
}

}  // namespace rubato
