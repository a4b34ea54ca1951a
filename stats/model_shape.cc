#include "stats/model_shape.h"

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr int64_t kMost = 65536;  // of layers or heads

absl::StatusOr<int> CountOf(const Json& config, std::string_view key) {
  ASSIGN_OR_RETURN(const int64_t count, config.GetInt(key));
  if (count >= 1 && count <= kMost) return static_cast<int>(count);
  return absl::InvalidArgumentError(Concat("\"", key, "\" is ", count, "; it must be in 1..", kMost));
}

}  // namespace

absl::StatusOr<ModelShape> ParseModelShape(std::string_view config_json) {
  ASSIGN_OR_RETURN(const Json config, Json::Parse(config_json));
  ModelShape shape;
  ASSIGN_OR_RETURN(shape.layers, CountOf(config, "num_hidden_layers"));
  ASSIGN_OR_RETURN(shape.query_heads, CountOf(config, "num_attention_heads"));
  return shape;
}

absl::StatusOr<ModelShape> LoadModelShape(const std::string& model_dir) {
  const std::string path = model_dir + "/config.json";
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<ModelShape> shape = ParseModelShape(text);
  if (!shape.ok()) return Annotate(shape.status(), path);
  return shape;
}

}  // namespace rubato
