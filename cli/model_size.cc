#include "cli/model_size.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {

namespace {

constexpr uint64_t kLargestHeader = 100'000'000;
constexpr char kSingle[] = "model.safetensors";
constexpr char kIndex[] = "model.safetensors.index.json";

// The JSON header of a safetensors file: its length as 8 little-endian bytes, then the text.
absl::StatusOr<Json> ReadHeader(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  uint8_t bytes[8] = {};
  file.read(reinterpret_cast<char*>(bytes), sizeof bytes);
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | bytes[i];
  if (!file || length == 0 || length > kLargestHeader) {
    return absl::InvalidArgumentError(Concat(path, ": is not a safetensors file"));
  }
  std::string text(length, '\0');
  file.read(text.data(), static_cast<std::streamsize>(length));
  if (!file) return absl::InvalidArgumentError(Concat(path, ": ends within its header"));
  return Json::Parse(text, path, {.max_bytes = kLargestHeader});
}

// The files that are the model's weights, as policy/weight_files.h chooses them: a directory may hold others.
absl::StatusOr<std::set<std::string>> WeightFileNames(const std::string& directory) {
  const std::string index_file = Concat(directory, "/", kIndex);
  if (FileExists(Concat(directory, "/", kSingle))) return std::set<std::string>{kSingle};
  if (!FileExists(index_file)) {
    return absl::NotFoundError(Concat("there is neither ", kSingle, " nor ", kIndex, " in it"));
  }
  ASSIGN_OR_RETURN(const std::string text, ReadFile(index_file));
  ASSIGN_OR_RETURN(const Json index, Json::Parse(text, index_file));
  const absl::StatusOr<const Json::Object*> map = index.GetObject("weight_map");
  if (!map.ok()) return Annotate(map.status(), index_file);
  std::set<std::string> names;
  for (const auto& [tensor, file] : **map) {
    const std::string name = file.AsString().value_or("");
    if (name.empty() || name.find('/') != std::string::npos) {
      return absl::InvalidArgumentError(
          Concat(index_file, ": \"", tensor, "\" is in ", file.Dump(), ", a plain file name is needed"));
    }
    names.insert(name);
  }
  return names;
}

// `tied`: a head that is stored a second time is not counted.
absl::StatusOr<uint64_t> CountParameters(const std::string& path, bool tied) {
  ASSIGN_OR_RETURN(const Json header, ReadHeader(path));
  uint64_t total = 0;
  for (const auto& [name, tensor] : header.object()) {
    if (name == "__metadata__" || (tied && name == "lm_head.weight")) continue;
    const Json* shape = tensor.Find("shape");
    if (shape == nullptr) return absl::InvalidArgumentError(Concat(path, ": tensor ", name, " has no shape"));
    uint64_t count = 1;
    for (const Json& size : shape->array()) {
      ASSIGN_OR_RETURN(const uint64_t factor, size.AsUint());
      count *= factor;
    }
    total += count;
  }
  return total;
}

absl::StatusOr<uint64_t> KvBytesPerToken(const Json& config) {
  ASSIGN_OR_RETURN(const int64_t layers, config.GetInt("num_hidden_layers"));
  ASSIGN_OR_RETURN(const int64_t heads, config.GetInt("num_attention_heads"));
  ASSIGN_OR_RETURN(const int64_t hidden, config.GetInt("hidden_size"));
  ASSIGN_OR_RETURN(const int64_t kv_heads, config.GetIntOr("num_key_value_heads", heads));
  if (heads < 1) return absl::InvalidArgumentError(Concat("num_attention_heads is ", heads));
  ASSIGN_OR_RETURN(const int64_t head_dim, config.GetIntOr("head_dim", hidden / heads));
  return static_cast<uint64_t>(layers * kv_heads * head_dim) * 2 * sizeof(float);
}

}  // namespace

absl::StatusOr<ModelSize> ReadModelSize(const std::string& directory) {
  const std::string config_file = directory + "/config.json";
  ASSIGN_OR_RETURN(const std::string text, ReadFile(config_file));
  ASSIGN_OR_RETURN(const Json config, Json::Parse(text, config_file));
  ModelSize size;
  absl::StatusOr<uint64_t> kv_bytes = KvBytesPerToken(config);
  if (!kv_bytes.ok()) return Annotate(kv_bytes.status(), config_file);
  size.kv_bytes_per_token = *kv_bytes;
  const absl::StatusOr<int64_t> positions = config.GetIntOr("max_position_embeddings", 0);
  if (!positions.ok()) return Annotate(positions.status(), config_file);
  size.max_positions = static_cast<uint64_t>(std::max<int64_t>(*positions, 0));
  const bool tied = config.GetBoolOr("tie_word_embeddings", false).value_or(false);
  ASSIGN_OR_RETURN(const std::set<std::string> names, WeightFileNames(directory));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const uint64_t parameters, CountParameters(Concat(directory, "/", name), tied));
    size.parameters += parameters;
  }
  return size;
}

MemoryPlan PlanMemory(const ModelSize& model, const RunConfig& config, int capacity) {
  const uint64_t slab = model.parameters * sizeof(float);
  const uint64_t response = config.rollout().max_new_tokens() * model.kv_bytes_per_token;
  return {.rank = slab * (4 + 2), .worker = slab * 2 + response * static_cast<uint64_t>(capacity)};
}

}  // namespace rubato
