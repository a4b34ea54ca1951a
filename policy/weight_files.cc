#include "policy/weight_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/concat.h"
#include "common/escape.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/missing_weights.h"
#include "policy/model_files.h"
#include "policy/weight_names.h"
#include "policy/weight_shards.h"

namespace rubato {

namespace {

constexpr size_t kMostIndexBytes = size_t{64} << 20;

// A link that leads nowhere is there, too: it is an error of its own, not a reason to look elsewhere.
bool IsThere(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0;
}

using Shards = std::map<std::string, std::vector<std::string>>;  // file -> the tensors the index puts there

// Empty if `name` may be opened inside the directory, or else what is wrong with it.
std::string_view WrongWithShardName(std::string_view name) {
  constexpr std::string_view kPlain = "which is no plain file name inside the directory";
  if (name.empty() || name == "." || name == "..") return kPlain;
  if (name.find_first_of(std::string_view("/\\\0", 3)) != std::string_view::npos) return kPlain;
  if (!name.ends_with(".safetensors")) return "which is no .safetensors file (pickle is never opened)";
  return "";
}

void ReadMap(const Json::Object& map, Shards* shards, WeightFiles* weights, Problems* problems) {
  std::map<std::string, std::vector<std::string>> wrong;  // complaint -> tensors
  for (const auto& [tensor, value] : map) {
    const absl::StatusOr<std::string> file = value.AsString();
    const std::string_view complaint = file.ok() ? WrongWithShardName(*file) : "a file name is needed";
    if (complaint.empty()) {
      (*shards)[*file].push_back(tensor);
    } else {
      const std::string place = file.ok() ? Concat("\"", EscapeForTerminal(file->substr(0, 200)), "\"")
                                          : std::string(value.TypeName());
      wrong[Concat(" in ", place, ", ", complaint)].push_back(tensor);
    }
  }
  for (const auto& [complaint, tensors] : wrong) {
    weights->unreadable.insert(tensors.begin(), tensors.end());
    problems->Add(Concat(kWeightIndexFile, ": \"weight_map\" puts ", SomeOf(tensors), complaint));
  }
}

std::optional<Json> ReadIndex(const std::string& directory, Problems* problems) {
  const std::string path = Concat(directory, "/", kWeightIndexFile);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    problems->Add(Concat(kWeightIndexFile, ": is no file; fetch the model again"));
    return std::nullopt;
  }
  const absl::StatusOr<std::string> text = ReadFile(path, kMostIndexBytes);
  if (!text.ok()) {
    problems->Add(std::string(text.status().message()));
    return std::nullopt;
  }
  return ParseJsonObject(kWeightIndexFile, *text, problems);
}

Shards ShardsOf(const Json& index, WeightFiles* weights, Problems* problems) {
  Shards shards;
  const absl::StatusOr<const Json::Object*> map = index.GetObject("weight_map");
  if (!map.ok()) {
    problems->Add(Concat(kWeightIndexFile, ": ", map.status().message()));
  } else if ((*map)->empty()) {
    problems->Add(
        Concat(kWeightIndexFile, ": \"weight_map\" is empty, it says in which file each tensor is"));
  } else {
    weights->complete = true;
    ReadMap(**map, &shards, weights, problems);
  }
  return shards;
}

bool IsComputed(std::string_view tensor) { return tensor.ends_with("rotary_emb.inv_freq"); }

// Opens files one after the other and remembers which tensor came out of which.
class Opener {
 public:
  Opener(const std::string& directory, WeightFiles* weights, Problems* problems)
      : directory_(directory), weights_(weights), problems_(problems) {}

  bool Open(const std::string& name) {
    const std::string path = Concat(directory_, "/", name);
    absl::StatusOr<SafetensorsFile> file =
        !FileExists(path) && IsThere(path)
            ? absl::NotFoundError(Concat(path, " is a link that leads nowhere; fetch the model again"))
            : SafetensorsFile::Open(path);
    if (!file.ok()) {
      problems_->Add(Concat("weights: ", file.status().message()));
      return false;
    }
    std::vector<std::string> twice;
    for (const SafetensorsTensor& tensor : file->tensors()) {
      const auto [first, is_new] = file_of_.emplace(tensor.name, name);
      if (!is_new) twice.push_back(Concat(tensor.name, " (", first->second, ")"));
      weights_->tensors.emplace(tensor.name, tensor);
    }
    if (!twice.empty()) {
      problems_->Add(Concat("weights: ", name, " holds what another shard holds, too: ", SomeOf(twice)));
    }
    weights_->files.push_back({name, *std::move(file)});
    return true;
  }

  // Whether the shard that was opened last holds what the index puts there.
  void Compare(const std::string& shard, const std::vector<std::string>& mapped) {
    std::vector<std::string> lacking;
    const SafetensorsFile& file = weights_->files.back().file;
    std::set<std::string_view> present;
    for (const SafetensorsTensor& tensor : file.tensors()) present.insert(tensor.name);
    for (const std::string& tensor : mapped) {
      if (!present.contains(tensor)) lacking.push_back(tensor);
    }
    if (lacking.empty()) return;
    weights_->unreadable.insert(lacking.begin(), lacking.end());
    problems_->Add(Concat(kWeightIndexFile, ": \"weight_map\" puts ", SomeOf(lacking), " in ", shard,
                          ", which does not hold ", lacking.size() == 1 ? "it" : "them"));
  }

  void ReportUnlisted(const Shards& shards) {
    std::set<std::string_view> listed;
    for (const auto& [name, tensors] : shards) listed.insert(tensors.begin(), tensors.end());
    std::map<std::string, std::vector<std::string>> unlisted;
    for (const auto& [tensor, file] : file_of_) {
      if (!listed.contains(tensor) && !weights_->unreadable.contains(tensor) && !IsComputed(tensor)) {
        unlisted[file].push_back(tensor);
      }
    }
    for (const auto& [file, tensors] : unlisted) {
      problems_->Add(Concat(kWeightIndexFile, ": \"weight_map\" lacks ", SomeOf(tensors), " of ", file));
    }
  }

 private:
  const std::string& directory_;
  WeightFiles* weights_;
  Problems* problems_;
  std::map<std::string, std::string, std::less<>> file_of_;
};

void OpenShards(const std::string& directory, const Json& index, Opener* opener, WeightFiles* weights,
                Problems* problems) {
  const Shards shards = ShardsOf(index, weights, problems);
  for (const auto& [name, tensors] : shards) {
    if (!IsThere(Concat(directory, "/", name))) {
      problems->Add(Concat("weights: ", name, " is missing, ", kWeightIndexFile, " puts ", SomeOf(tensors),
                           " there; fetch it"));
      weights->unreadable.insert(tensors.begin(), tensors.end());
    } else if (opener->Open(name)) {
      opener->Compare(name, tensors);
    } else {
      weights->unreadable.insert(tensors.begin(), tensors.end());
    }
  }
  if (weights->complete) opener->ReportUnlisted(shards);
}

void CompareTotalSize(const Json& index, const WeightFiles& weights, std::vector<std::string>* notes) {
  const Json* metadata = index.Find("metadata");
  const Json* total = metadata == nullptr ? nullptr : metadata->Find("total_size");
  if (total == nullptr) return;
  uint64_t bytes = 0;
  for (const auto& [name, tensor] : weights.tensors) bytes += static_cast<uint64_t>(tensor.bytes);
  const absl::StatusOr<double> claimed = total->AsDouble();  // some tools write 1.5e9
  if (claimed.ok() && *claimed == static_cast<double>(bytes)) return;
  notes->push_back(Concat(kWeightIndexFile, ": \"total_size\" is ", total->Dump().substr(0, 100),
                          ", the tensors take ", bytes, " bytes"));
}

std::string WithPrefix(const std::string& name) {
  return name.starts_with("lm_head.") ? name : Concat("model.", name);
}

// As the model names its tensors.
void Rename(WeightFiles* weights) {
  std::erase_if(weights->tensors, [](const auto& entry) { return IsComputed(entry.first); });
  if (!weights->tensors.contains("embed_tokens.weight")) return;
  std::map<std::string, SafetensorsTensor, std::less<>> tensors;
  for (const auto& [name, tensor] : weights->tensors) tensors.emplace(WithPrefix(name), tensor);
  weights->tensors = std::move(tensors);
  std::set<std::string, std::less<>> unreadable;
  for (const std::string& name : weights->unreadable) unreadable.insert(WithPrefix(name));
  weights->unreadable = std::move(unreadable);
}

}  // namespace

bool WeightFiles::IsMissing(const std::string& tensor) const {
  return complete && !tensors.contains(tensor) && !unreadable.contains(tensor);
}

WeightFiles OpenWeightFiles(const std::string& directory, Problems* problems,
                            std::vector<std::string>* notes) {
  WeightFiles weights;
  Opener opener(directory, &weights, problems);
  const bool single = IsThere(Concat(directory, "/", kSingleWeightFile));
  const bool sharded = IsThere(Concat(directory, "/", kWeightIndexFile));
  if (single) {
    weights.complete = opener.Open(kSingleWeightFile);
  } else if (!sharded) {
    problems->Add(WhyNoWeights(directory));
  } else if (const std::optional<Json> index = ReadIndex(directory, problems); index.has_value()) {
    OpenShards(directory, *index, &opener, &weights, problems);
    CompareTotalSize(*index, weights, notes);
  }
  Rename(&weights);
  if (single && sharded) {
    notes->push_back(Concat(kWeightIndexFile, " is not read, because there is ", kSingleWeightFile));
  }
  return weights;
}

}  // namespace rubato
