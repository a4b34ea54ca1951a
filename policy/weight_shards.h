#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policy/safetensors_type.h"
#include "policy/slab_layout.h"

namespace rubato {

inline constexpr int64_t kMostShardBytes = 5'000'000'000;  // "5GB", as huggingface_hub counts

// The file names of a model's weights.
inline constexpr char kSingleWeightFile[] = "model.safetensors";
inline constexpr char kWeightIndexFile[] = "model.safetensors.index.json";

// One file of a model's weights; `tensors` points into the layout that it was planned from.
struct WeightShard {
  std::string name;
  std::span<const SlabTensor> tensors;
};

// Splits a layout under the names that huggingface_hub's `split_torch_state_dict_into_shards` gives: tensors
// in order, a file ends before the tensor that would make its data larger than `most_bytes`, and a tensor
// larger than that is alone.  One file is "model.safetensors", more are "model-00001-of-0000N.safetensors".
std::vector<WeightShard> PlanShards(const SlabLayout& layout, SafetensorsType type, int64_t most_bytes);

// The text of model.safetensors.index.json as `save_pretrained` of transformers writes it.
std::string WeightIndex(const std::vector<WeightShard>& shards, const SlabLayout& layout,
                        SafetensorsType type);

// Whether `name` is a file of weights, or their index, that one of the two layouts could have.
bool IsWeightFileName(const std::string& name);

}  // namespace rubato
