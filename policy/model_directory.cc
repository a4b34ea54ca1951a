#include "policy/model_directory.h"

#include <array>
#include <optional>
#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/problems.h"
#include "common/status.h"
#include "policy/model_weights.h"
#include "policy/safetensors_writer.h"

namespace rubato {

namespace {

constexpr char kConfig[] = "config.json";
constexpr char kGenerationConfig[] = "generation_config.json";

// Of these, a directory must have the first.
constexpr std::array<const char*, 10> kSmallFiles = {
    kConfig,
    kGenerationConfig,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
};

constexpr size_t kMostSmallFileBytes = size_t{64} << 20;

using Files = std::map<std::string, std::string>;

std::optional<Json> ParseFile(const Files& files, const std::string& name, Problems* problems) {
  const auto file = files.find(name);
  if (file == files.end()) return std::nullopt;
  absl::StatusOr<Json> json = Json::Parse(file->second, name);
  if (!json.ok()) {
    problems->Add(std::string(json.status().message()));
    return std::nullopt;
  }
  if (!json->is_object()) {
    problems->Add(Concat(name, ": holds ", json->TypeName(), ", an object is needed"));
    return std::nullopt;
  }
  return *std::move(json);
}

ModelConfig ParseConfigFiles(const Files& files, Problems* problems) {
  const std::optional<Json> config = ParseFile(files, kConfig, problems);
  const std::optional<Json> generation = ParseFile(files, kGenerationConfig, problems);
  if (!config.has_value()) return ModelConfig();
  return ParseModelConfig(*config, generation.has_value() ? &*generation : nullptr, problems);
}

absl::Status ToStatus(const std::string& path, const Problems& problems) {
  return Annotate(problems.ToStatus(), Concat("model directory ", path));
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadModelFiles(const std::string& path) {
  if (!FileExists(Concat(path, "/", kConfig))) {
    return absl::NotFoundError(
        Concat("model directory ", path, ": no config.json there; give a Hugging Face model directory"));
  }
  Files files;
  for (const char* name : kSmallFiles) {
    const std::string file = Concat(path, "/", name);
    if (!FileExists(file)) continue;
    ASSIGN_OR_RETURN(files[name], ReadFile(file, kMostSmallFileBytes));
  }
  return files;
}

absl::StatusOr<ModelConfig> ReadModelConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const Files files, ReadModelFiles(path));
  Problems problems;
  ModelConfig config = ParseConfigFiles(files, &problems);
  RETURN_IF_ERROR(ToStatus(path, problems));
  return config;
}

absl::StatusOr<ModelDirectory> ReadModelDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(Files files, ReadModelFiles(path));
  Problems problems;
  const ModelConfig config = ParseConfigFiles(files, &problems);
  // Which tensors there should be is known only from a sound config.
  RETURN_IF_ERROR(ToStatus(path, problems));
  SlabLayout layout(config);
  Slab weights = ReadModelWeights(path, config, layout, &problems);
  RETURN_IF_ERROR(ToStatus(path, problems));
  return ModelDirectory{config, std::move(layout), std::move(weights), std::move(files)};
}

absl::Status WriteModelDirectory(const std::string& path, const std::map<std::string, std::string>& files,
                                 const SlabLayout& layout, const Slab& weights, SafetensorsType type) {
  RETURN_IF_ERROR(CreateDirectories(path));
  for (const auto& [name, contents] : files) {
    RETURN_IF_ERROR(WriteFileAtomically(Concat(path, "/", name), contents));
  }
  return WriteSafetensors(Concat(path, "/model.safetensors"), layout, weights, type);
}

}  // namespace rubato
