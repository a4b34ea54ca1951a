#include "learner/checkpoint_manifest.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr int kFormat = 1;

absl::StatusOr<Digest> DigestFromHex(const std::string& hex) {
  const std::string bytes = absl::HexStringToBytes(hex);
  ASSIGN_OR_RETURN(const Digest digest, DigestFromBytes(bytes));
  if (ToHex(digest) != hex) return absl::InvalidArgumentError(absl::StrCat("\"", hex, "\" is not a digest"));
  return digest;
}

absl::StatusOr<CheckpointManifest::File> DigestFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return FileError("open", path, errno);
  CheckpointManifest::File file;
  Sha256Stream stream;
  std::vector<char> buffer(size_t{1} << 20);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
    stream.Add({buffer.data(), static_cast<size_t>(in.gcount())});
    file.size_bytes += in.gcount();
  }
  if (in.bad()) return FileError("read", path, errno);
  file.sha256 = stream.Finish();
  return file;
}

absl::StatusOr<CheckpointManifest> FromJson(const Json& json) {
  CheckpointManifest manifest;
  ASSIGN_OR_RETURN(const int64_t format, json.GetInt("format"));
  if (format != kFormat) {
    return absl::InvalidArgumentError(absl::StrCat("format is ", format, "; this build reads ", kFormat));
  }
  ASSIGN_OR_RETURN(manifest.step, json.GetUint("step"));
  ASSIGN_OR_RETURN(manifest.lineage, json.GetUint("lineage"));
  ASSIGN_OR_RETURN(manifest.generation, json.GetUint("generation"));
  ASSIGN_OR_RETURN(manifest.optimizer_updates, json.GetUint("optimizer_updates"));
  ASSIGN_OR_RETURN(const std::string weights, json.GetString("weight_digest"));
  ASSIGN_OR_RETURN(manifest.weight_digest, DigestFromHex(weights));
  ASSIGN_OR_RETURN(const Json::Object* files, json.GetObject("files"));
  for (const auto& [name, entry] : *files) {
    CheckpointManifest::File file;
    ASSIGN_OR_RETURN(file.size_bytes, entry.GetUint("bytes"));
    ASSIGN_OR_RETURN(const std::string sha256, entry.GetString("sha256"));
    ASSIGN_OR_RETURN(file.sha256, DigestFromHex(sha256));
    manifest.files[name] = file;
  }
  return manifest;
}

}  // namespace

std::string ToJson(const CheckpointManifest& manifest) {
  Json json;
  json.Set("format", kFormat);
  json.Set("step", manifest.step);
  json.Set("lineage", manifest.lineage);
  json.Set("generation", manifest.generation);
  json.Set("optimizer_updates", manifest.optimizer_updates);
  json.Set("weight_digest", ToHex(manifest.weight_digest));
  Json files{Json::Object()};
  for (const auto& [name, file] : manifest.files) {
    Json entry;
    entry.Set("bytes", file.size_bytes);
    entry.Set("sha256", ToHex(file.sha256));
    files.Set(name, std::move(entry));
  }
  json.Set("files", std::move(files));
  return json.Pretty();
}

absl::StatusOr<CheckpointManifest> ParseCheckpointManifest(std::string_view json, std::string_view name) {
  ASSIGN_OR_RETURN(const Json parsed, Json::Parse(json, name));
  absl::StatusOr<CheckpointManifest> manifest = FromJson(parsed);
  if (!manifest.ok()) return Annotate(manifest.status(), name);
  return manifest;
}

absl::StatusOr<std::map<std::string, CheckpointManifest::File>> ListFiles(const std::string& directory) {
  std::map<std::string, CheckpointManifest::File> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(directory, error);
  for (; !error && entries != std::filesystem::recursive_directory_iterator(); entries.increment(error)) {
    if (entries->is_directory()) continue;
    const std::string name = std::filesystem::relative(entries->path(), directory).string();
    if (name == kManifestName) continue;
    ASSIGN_OR_RETURN(files[name], DigestFile(entries->path().string()));
  }
  if (error) return FileError("list", directory, error.value());
  return files;
}

}  // namespace rubato
