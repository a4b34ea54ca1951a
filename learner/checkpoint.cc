#include "learner/checkpoint.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/file.h"
#include "common/status.h"
#include "learner/checkpoint_manifest.h"
#include "learner/failpoint.h"
#include "learner/slab_file.h"
#include "policy/safetensors_writer.h"
#include "policy/slab_digest.h"

namespace rubato {
namespace {

constexpr char kFirstMoment[] = "first_moment.safetensors";
constexpr char kSecondMoment[] = "second_moment.safetensors";

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? FileError("delete", path, error.value()) : absl::OkStatus();
}

absl::Status WriteFiles(const std::string& directory, const CheckpointContents& contents) {
  RETURN_IF_ERROR(CreateDirectories(absl::StrCat(directory, "/model")));
  RETURN_IF_ERROR(WriteModelDirectory(absl::StrCat(directory, "/model"), contents.model_files,
                                      contents.layout, contents.weights, SafetensorsType::kF32));
  RETURN_IF_ERROR(WriteSafetensors(absl::StrCat(directory, "/", kFirstMoment), contents.layout,
                                   contents.optimizer.first_moment, SafetensorsType::kF32));
  return WriteSafetensors(absl::StrCat(directory, "/", kSecondMoment), contents.layout,
                          contents.optimizer.second_moment, SafetensorsType::kF32);
}

// Every difference between what is there and what should be, as one message; empty if there is none.
std::string Differences(const std::map<std::string, CheckpointManifest::File>& found,
                        const std::map<std::string, CheckpointManifest::File>& expected) {
  std::string differences;
  for (const auto& [name, file] : expected) {
    const auto it = found.find(name);
    if (it == found.end()) {
      absl::StrAppend(&differences, "; ", name, " is missing");
    } else if (it->second.size_bytes != file.size_bytes) {
      absl::StrAppend(&differences, "; ", name, " has ", it->second.size_bytes, " bytes, not ",
                      file.size_bytes);
    } else if (it->second.sha256 != file.sha256) {
      absl::StrAppend(&differences, "; the bytes of ", name, " changed");
    }
  }
  return differences.empty() ? differences : differences.substr(2);
}

absl::StatusOr<CheckpointManifest> VerifiedManifest(const std::string& directory, const CheckpointRef& ref) {
  const std::string path = absl::StrCat(directory, "/", kManifestName);
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  if (AsBytes(Sha256(json)) != ref.manifest_digest()) {
    return absl::DataLossError(absl::StrCat(kManifestName, " is not the one that was recorded"));
  }
  ASSIGN_OR_RETURN(CheckpointManifest manifest, ParseCheckpointManifest(json, path));
  ASSIGN_OR_RETURN(const auto found, ListFiles(directory));
  const std::string differences = Differences(found, manifest.files);
  if (!differences.empty()) return absl::DataLossError(differences);
  return manifest;
}

absl::StatusOr<ModelDirectory> LoadModel(const std::string& directory, const CheckpointManifest& manifest) {
  ASSIGN_OR_RETURN(ModelDirectory model, ReadModelDirectory(absl::StrCat(directory, "/model")));
  if (DigestSlab(model.weights.bytes()).version != manifest.weight_digest) {
    return absl::DataLossError("the weights are not those of the version that was saved");
  }
  return model;
}

absl::StatusOr<LoadedCheckpoint> Load(const std::string& directory, const CheckpointRef& ref) {
  ASSIGN_OR_RETURN(const CheckpointManifest manifest, VerifiedManifest(directory, ref));
  ASSIGN_OR_RETURN(ModelDirectory model, LoadModel(directory, manifest));
  AdamWState optimizer;
  optimizer.updates = manifest.optimizer_updates;
  ASSIGN_OR_RETURN(optimizer.first_moment,
                   ReadSlabFile(absl::StrCat(directory, "/", kFirstMoment), model.layout));
  ASSIGN_OR_RETURN(optimizer.second_moment,
                   ReadSlabFile(absl::StrCat(directory, "/", kSecondMoment), model.layout));
  return LoadedCheckpoint{
      {manifest.step, manifest.lineage, manifest.generation}, std::move(model), std::move(optimizer)};
}

absl::StatusOr<ModelDirectory> LoadModelOf(const std::string& directory, const CheckpointRef& ref) {
  ASSIGN_OR_RETURN(const CheckpointManifest manifest, VerifiedManifest(directory, ref));
  return LoadModel(directory, manifest);
}

// Whatever is wrong with it, a checkpoint that does not verify is lost data.
template <typename Loaded>
absl::StatusOr<Loaded> OrDataLoss(absl::StatusOr<Loaded> loaded, const CheckpointRef& ref) {
  if (loaded.ok()) return loaded;
  return absl::DataLossError(absl::StrCat("checkpoint ", ref.path(), ": ", loaded.status().message()));
}

}  // namespace

absl::StatusOr<CheckpointRef> WriteCheckpoint(const std::string& run_directory,
                                              const CheckpointPosition& position,
                                              const CheckpointContents& contents) {
  CheckpointRef ref;
  ref.set_step(position.step);
  ref.set_lineage(position.lineage);
  ref.set_generation(position.generation);
  ref.set_path(absl::StrCat("checkpoints/step-", position.step, ".gen-", position.generation));
  const std::string directory = absl::StrCat(run_directory, "/", ref.path());
  RETURN_IF_ERROR(RemoveTree(directory));
  RETURN_IF_ERROR(WriteFiles(directory, contents));
  ReachFailpoint("before_checkpoint_manifest", position.step);

  CheckpointManifest manifest;
  manifest.step = position.step;
  manifest.lineage = position.lineage;
  manifest.generation = position.generation;
  manifest.optimizer_updates = contents.optimizer.updates;
  manifest.weight_digest = DigestSlab(contents.weights.bytes()).version;
  ASSIGN_OR_RETURN(manifest.files, ListFiles(directory));
  const std::string json = ToJson(manifest);
  RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(directory, "/", kManifestName), json));
  ref.set_manifest_digest(std::string(AsBytes(Sha256(json))));
  return ref;
}

absl::StatusOr<LoadedCheckpoint> LoadCheckpoint(const std::string& run_directory, const CheckpointRef& ref) {
  return OrDataLoss(Load(absl::StrCat(run_directory, "/", ref.path()), ref), ref);
}

absl::StatusOr<ModelDirectory> LoadCheckpointModel(const std::string& run_directory,
                                                   const CheckpointRef& ref) {
  return OrDataLoss(LoadModelOf(absl::StrCat(run_directory, "/", ref.path()), ref), ref);
}

absl::Status DeleteCheckpoints(const std::string& run_directory, std::span<const CheckpointRef> refs) {
  absl::Status first;
  for (const CheckpointRef& ref : refs)
    first.Update(RemoveTree(absl::StrCat(run_directory, "/", ref.path())));
  return first;
}

}  // namespace rubato
