#include "credit/model_limits.h"

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::StatusOr<Json> ReadJson(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Json::Parse(text, path);
}

// One number, a list of them, or nothing.
absl::StatusOr<std::vector<int32_t>> EndIds(const Json& config) {
  std::vector<int32_t> ids;
  const Json* value = config.Find("eos_token_id");
  if (value == nullptr || value->is_null()) return ids;
  const Json::Array values = value->is_array() ? value->array() : Json::Array{*value};
  for (const Json& item : values) {
    ASSIGN_OR_RETURN(const int64_t id, item.AsInt());
    if (id < 0 || id > INT32_MAX) return absl::InvalidArgumentError(Concat("\"eos_token_id\" holds ", id));
    ids.push_back(static_cast<int32_t>(id));
  }
  return ids;
}

absl::StatusOr<uint64_t> Positive(const Json& config, std::string_view key) {
  ASSIGN_OR_RETURN(const int64_t value, config.GetInt(key));
  if (value < 1 || value > INT32_MAX) return absl::InvalidArgumentError(Concat("\"", key, "\" is ", value));
  return static_cast<uint64_t>(value);
}

absl::StatusOr<ModelLimits> ReadLimits(const Json& config) {
  ModelLimits limits;
  ASSIGN_OR_RETURN(const uint64_t vocabulary, Positive(config, "vocab_size"));
  limits.vocabulary = static_cast<int32_t>(vocabulary);
  ASSIGN_OR_RETURN(limits.max_positions, Positive(config, "max_position_embeddings"));
  ASSIGN_OR_RETURN(limits.end_ids, EndIds(config));
  return limits;
}

}  // namespace

absl::StatusOr<ModelLimits> LoadModelLimits(const std::string& model_directory) {
  const std::string path = Concat(model_directory, "/config.json");
  ASSIGN_OR_RETURN(const Json config, ReadJson(path));
  absl::StatusOr<ModelLimits> limits = ReadLimits(config);
  if (!limits.ok()) return Annotate(limits.status(), path);

  const std::string generation_path = Concat(model_directory, "/generation_config.json");
  if (!FileExists(generation_path)) return limits;
  ASSIGN_OR_RETURN(const Json generation, ReadJson(generation_path));
  absl::StatusOr<std::vector<int32_t>> end_ids = EndIds(generation);
  if (!end_ids.ok()) return Annotate(end_ids.status(), generation_path);
  if (!end_ids->empty()) limits->end_ids = *std::move(end_ids);
  return limits;
}

}  // namespace rubato
