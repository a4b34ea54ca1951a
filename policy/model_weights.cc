#include "policy/model_weights.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"
#include "policy/safetensors.h"

namespace rubato {

namespace {

constexpr char kSingleFile[] = "model.safetensors";
constexpr char kIndexFile[] = "model.safetensors.index.json";
constexpr std::string_view kHead = "lm_head.weight";
constexpr std::string_view kEmbedding = "model.embed_tokens.weight";

// Names of the files that the index lists.
absl::StatusOr<std::set<std::string>> ReadIndex(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(const Json index, Json::Parse(text, path));
  const absl::StatusOr<const Json::Object*> map = index.GetObject("weight_map");
  if (!map.ok()) return Annotate(map.status(), path);
  std::set<std::string> names;
  for (const auto& [tensor, file] : **map) {
    ASSIGN_OR_RETURN(const std::string name, file.AsString());
    if (name.empty() || name.find('/') != std::string::npos) {
      return absl::InvalidArgumentError(
          Concat(path, ": \"", tensor, "\" lies in \"", name, "\", which is no plain file name"));
    }
    names.insert(name);
  }
  return names;
}

// The files of a model, open, and every tensor in them by name.
struct WeightFiles {
  std::vector<SafetensorsFile> files;
  std::map<std::string, SafetensorsTensor, std::less<>> tensors;

  void Add(const std::string& path, Problems* problems) {
    absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path);
    if (!file.ok()) return problems->Add(std::string(file.status().message()));
    for (const SafetensorsTensor& tensor : file->tensors()) {
      if (!tensors.emplace(tensor.name, tensor).second) {
        problems->Add(Concat(path, ": \"", tensor.name, "\" is in another file of the model, too"));
      }
    }
    files.push_back(*std::move(file));
  }
};

WeightFiles OpenWeightFiles(const std::string& directory, Problems* problems) {
  WeightFiles weights;
  const std::string index = Concat(directory, "/", kIndexFile);
  const std::string single = Concat(directory, "/", kSingleFile);
  if (FileExists(single) || !FileExists(index)) {
    weights.Add(single, problems);
    return weights;
  }
  const absl::StatusOr<std::set<std::string>> names = ReadIndex(index);
  if (!names.ok()) {
    problems->Add(std::string(names.status().message()));
    return weights;
  }
  for (const std::string& name : *names) weights.Add(Concat(directory, "/", name), problems);
  return weights;
}

std::string Shape(const std::vector<int64_t>& shape) { return Concat("[", absl::StrJoin(shape, ", "), "]"); }

void ReadTensor(const SafetensorsTensor& tensor, const SlabTensor& wanted, Slab* slab, Problems* problems) {
  if (tensor.shape != wanted.shape) {
    return problems->Add(Concat("weights: \"", wanted.name, "\" has shape ", Shape(tensor.shape),
                                ", config.json makes it ", Shape(wanted.shape)));
  }
  const auto place =
      slab->floats().subspan(static_cast<size_t>(wanted.offset), static_cast<size_t>(wanted.size));
  ReadFloats(tensor, place);
  const auto bad =
      std::find_if(place.begin(), place.end(), [](float value) { return !std::isfinite(value); });
  if (bad != place.end()) {
    problems->Add(Concat("weights: \"", wanted.name, "\" holds ", *bad, " at element ", bad - place.begin(),
                         "; the checkpoint is spoilt, take an earlier one"));
  }
}

// Some checkpoints store a tied head a second time.  That is fine as long as it is the same.
bool IsCopyOfEmbedding(const SafetensorsTensor& head, const SlabLayout& layout, const Slab& slab) {
  const SlabTensor* embedding = layout.Find(kEmbedding);
  if (head.shape != embedding->shape) return false;
  std::vector<float> values(static_cast<size_t>(head.elements));
  ReadFloats(head, values);
  return std::equal(values.begin(), values.end(), slab.data() + embedding->offset);
}

}  // namespace

Slab ReadModelWeights(const std::string& path, const ModelConfig& config, const SlabLayout& layout,
                      Problems* problems) {
  const size_t problems_before = problems->list().size();
  WeightFiles weights = OpenWeightFiles(path, problems);
  if (problems->list().size() != problems_before)
    return Slab();  // tensors would be missing for that reason alone
  Slab slab(layout.size());
  for (const SlabTensor& wanted : layout.tensors()) {
    const auto found = weights.tensors.find(wanted.name);
    if (found == weights.tensors.end()) {
      problems->Add(Concat("weights: \"", wanted.name, "\" ", Shape(wanted.shape), " is missing"));
      continue;
    }
    ReadTensor(found->second, wanted, &slab, problems);
  }
  for (const auto& [name, tensor] : weights.tensors) {
    if (layout.Find(name) != nullptr) continue;
    if (config.tied_embeddings && name == kHead && IsCopyOfEmbedding(tensor, layout, slab)) continue;
    problems->Add(
        Concat("weights: \"", name, "\" ", Shape(tensor.shape), " is not part of the model in config.json"));
  }
  return slab;
}

}  // namespace rubato
