#include "policy/model_directory.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/problems.h"
#include "common/status.h"
#include "kernels/parallel.h"
#include "policy/model_weights.h"
#include "policy/safetensors_writer.h"
#include "policy/weight_files.h"

namespace rubato {

namespace {

constexpr int kThreads = 2;

absl::Status ToStatus(const std::string& path, const Problems& problems) {
  return Annotate(problems.ToStatus(), Concat("model directory ", path));
}

// Nothing is loaded until the tensors are known to be there: a config can claim any size.
Slab ReadWeights(const std::string& path, const ModelConfig& config, const SlabLayout& layout,
                 Problems* problems) {
  const bool config_is_sound = problems->empty();
  std::vector<std::string> notes;
  const WeightFiles files = OpenWeightFiles(path, problems, &notes);
  WeightSources sources;
  CheckTypes(files, problems);
  if (HasSizes(config)) sources = MatchWeights(files, config, layout, problems);
  ThreadPool pool(kThreads);
  if (config_is_sound && problems->empty()) return LoadWeights(sources, layout, &pool, problems);
  CheckValues(files, sources, &pool, problems);
  return Slab();
}

// Weights that are not among `shards` would be read instead of them, or would lie about.
absl::Status RemoveOtherWeights(const std::string& path, const std::vector<WeightShard>& shards) {
  std::vector<std::string> stale;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool is_ours =
        std::any_of(shards.begin(), shards.end(), [&](const auto& s) { return s.name == name; });
    if (IsWeightFileName(name) && !is_ours) stale.push_back(name);
  }
  // The index goes first and comes last: without it shards are no model.
  std::sort(stale.begin(), stale.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a != kWeightIndexFile, a) < std::pair(b != kWeightIndexFile, b);
  });
  for (const std::string& name : stale) {
    const std::string file = Concat(path, "/", name);
    if (!std::filesystem::remove(file, error) && error) return FileError("delete", file, error.value());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ModelFiles> ReadModelFiles(const std::string& path) {
  RETURN_IF_ERROR(CheckIsDirectory(path));
  Problems problems;
  ModelFiles files = ReadSmallFiles(path, &problems);
  RETURN_IF_ERROR(ToStatus(path, problems));
  return files;
}

absl::StatusOr<ModelConfig> ReadModelConfig(const std::string& path) {
  RETURN_IF_ERROR(CheckIsDirectory(path));
  Problems all;
  const ModelFiles files = ReadSmallFiles(path, &all);
  Problems problems = OnlyOfConfigs(all);
  ModelConfig config = ParseConfigFiles(files, &problems);
  RETURN_IF_ERROR(ToStatus(path, problems));
  return config;
}

absl::StatusOr<ModelDirectory> ReadModelDirectory(const std::string& path) {
  RETURN_IF_ERROR(CheckIsDirectory(path));
  Problems all;
  ModelFiles files = ReadSmallFiles(path, &all);
  Problems problems = OnlyOfConfigs(all);
  ModelConfig config = ParseConfigFiles(files, &problems);
  SlabLayout layout(HasSizes(config) ? config : ModelConfig());
  Slab weights = ReadWeights(path, config, layout, &problems);
  RETURN_IF_ERROR(ToStatus(path, problems));
  return ModelDirectory{std::move(config), std::move(layout), std::move(weights), std::move(files)};
}

absl::Status WriteModelDirectory(const std::string& path, const ModelFiles& files, const SlabLayout& layout,
                                 const Slab& weights, SafetensorsType type, int64_t most_shard_bytes) {
  RETURN_IF_ERROR(CheckFits(layout.tensors(), weights, type));
  RETURN_IF_ERROR(CreateDirectories(path));
  const std::vector<WeightShard> shards = PlanShards(layout, type, most_shard_bytes);
  RETURN_IF_ERROR(RemoveOtherWeights(path, shards));
  RETURN_IF_ERROR(RemoveOtherSmallFiles(path, files));
  RETURN_IF_ERROR(WriteSmallFiles(path, files));
  for (const WeightShard& shard : shards) {
    RETURN_IF_ERROR(WriteSafetensors(Concat(path, "/", shard.name), shard.tensors, weights, type));
  }
  if (shards.size() == 1) return absl::OkStatus();
  return WriteFileAtomically(Concat(path, "/", kWeightIndexFile), WeightIndex(shards, layout, type));
}

}  // namespace rubato
