#include "policy/weight_shards.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/json.h"

namespace rubato {

namespace {

std::vector<std::span<const SlabTensor>> Split(std::span<const SlabTensor> tensors, int64_t bytes_per_element,
                                               int64_t most_bytes) {
  std::vector<std::span<const SlabTensor>> parts;
  size_t begin = 0;
  int64_t bytes = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const int64_t next = tensors[i].size * bytes_per_element;
    if (i > begin && bytes + next > most_bytes) {
      parts.push_back(tensors.subspan(begin, i - begin));
      begin = i;
      bytes = 0;
    }
    bytes += next;
  }
  parts.push_back(tensors.subspan(begin));
  return parts;
}

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<WeightShard> PlanShards(const SlabLayout& layout, SafetensorsType type, int64_t most_bytes) {
  const auto parts = Split(layout.tensors(), BytesPerElement(type), most_bytes);
  if (parts.size() == 1) return {{kSingleWeightFile, parts[0]}};
  std::vector<WeightShard> shards;
  for (const auto& part : parts) {
    shards.push_back(
        {absl::StrFormat("model-%05d-of-%05d.safetensors", shards.size() + 1, parts.size()), part});
  }
  return shards;
}

std::string WeightIndex(const std::vector<WeightShard>& shards, const SlabLayout& layout,
                        SafetensorsType type) {
  Json metadata, map, index;
  metadata.Set("total_parameters", layout.size());
  metadata.Set("total_size", layout.size() * BytesPerElement(type));
  for (const WeightShard& shard : shards) {
    for (const SlabTensor& tensor : shard.tensors) map.Set(tensor.name, shard.name);
  }
  index.Set("metadata", std::move(metadata));
  index.Set("weight_map", std::move(map));
  return index.Pretty() + "\n";
}

bool IsWeightFileName(const std::string& name) {
  constexpr std::string_view kShape = "model-00001-of-00001.safetensors";
  if (name == kSingleWeightFile || name == kWeightIndexFile) return true;
  const std::string_view text = name;
  return text.size() == kShape.size() && text.starts_with("model-") && AreDigits(text.substr(6, 5)) &&
         text.substr(11, 4) == "-of-" && AreDigits(text.substr(15, 5)) && text.ends_with(".safetensors");
}

}  // namespace rubato
