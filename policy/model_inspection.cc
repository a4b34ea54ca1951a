#include "policy/model_inspection.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/concat.h"
#include "common/model_digest.h"
#include "common/problems.h"
#include "common/status.h"
#include "kernels/parallel.h"
#include "policy/model_files.h"
#include "policy/model_weights.h"
#include "policy/slab_layout.h"
#include "policy/tokenizer_check.h"
#include "policy/weight_files.h"

namespace rubato {

namespace {

constexpr int kThreads = 2;

std::vector<ModelInspection::Stored> CountStored(const WeightFiles& files) {
  std::map<std::string_view, ModelInspection::Stored> by_type;
  for (const auto& [name, file] : files.files) {
    for (const SafetensorsTensor& tensor : file.tensors()) {
      ModelInspection::Stored& stored = by_type[NameOf(tensor.type)];
      stored.dtype = std::string(NameOf(tensor.type));
      stored.tensors += 1;
      stored.elements += tensor.elements;
      stored.bytes += static_cast<uint64_t>(tensor.bytes);
    }
  }
  std::vector<ModelInspection::Stored> list;
  for (auto& [name, stored] : by_type) list.push_back(std::move(stored));
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  return list;
}

// Fills in what the files of weights say.
void InspectWeights(const std::string& path, ModelInspection* inspection, Problems* problems) {
  const WeightFiles files = OpenWeightFiles(path, problems, &inspection->notes);
  for (const auto& [name, file] : files.files) inspection->weight_files.push_back({name, file.size_bytes()});
  inspection->stored = CountStored(files);
  CheckTypes(files, problems);
  const bool has_sizes = HasSizes(inspection->config);
  const SlabLayout layout(has_sizes ? inspection->config : ModelConfig());
  WeightSources sources;
  if (has_sizes) {
    inspection->parameters = layout.size();
    sources = MatchWeights(files, inspection->config, layout, problems);
  }
  ThreadPool pool(kThreads);
  CheckValues(files, sources, &pool, problems);
  if (problems->empty()) inspection->weight_digest = DigestWeights(sources, layout, &pool).version;
}

void InspectFiles(const ModelFiles& files, ModelInspection* inspection) {
  for (const auto& [name, text] : files) inspection->files.push_back({name, text.size()});
  if (const auto config = files.find("config.json"); config != files.end()) {
    const absl::StatusOr<Digest> digest = DigestModelConfig(config->second, config->first);
    if (digest.ok()) inspection->config_digest = *digest;
  }
  if (const auto tokenizer = files.find("tokenizer.json"); tokenizer != files.end()) {
    inspection->tokenizer_digest = Sha256(tokenizer->second);
  }
}

}  // namespace

absl::StatusOr<ModelInspection> InspectModelDirectory(const std::string& path) {
  RETURN_IF_ERROR(CheckIsDirectory(path));
  ModelInspection inspection;
  Problems problems;
  const ModelFiles files = ReadSmallFiles(path, &problems);
  inspection.config = ParseConfigFiles(files, &problems);
  inspection.config_is_sound = problems.empty();
  InspectFiles(files, &inspection);
  InspectWeights(path, &inspection, &problems);
  inspection.tokenizer_tokens = CheckTokenizer(path, inspection.config, &problems, &inspection.notes);
  inspection.problems = problems.list();
  return inspection;
}

absl::Status ToStatus(const std::string& path, const ModelInspection& inspection) {
  Problems problems;
  for (const std::string& problem : inspection.problems) problems.Add(problem);
  return Annotate(problems.ToStatus(), Concat("model directory ", path));
}

}  // namespace rubato
