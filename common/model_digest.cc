#include "common/model_digest.h"

#include <filesystem>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr size_t kMaxConfigBytes = size_t{1} << 20;
constexpr size_t kMaxTokenizerBytes = size_t{256} << 20;

absl::StatusOr<Digest> DigestConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxConfigBytes));
  ASSIGN_OR_RETURN(const Json config, Json::Parse(text, path));
  if (!config.is_object()) {
    return absl::InvalidArgumentError(Concat(path, " holds ", config.TypeName(), ", an object is needed"));
  }
  Json::Object members = config.object();
  members.erase("_name_or_path");
  members.erase("transformers_version");
  return Sha256(Json(std::move(members)).Dump());
}

}  // namespace

absl::StatusOr<ModelDigests> DigestModelDirectory(const std::string& directory) {
  const std::filesystem::path base(directory);
  ModelDigests digests;
  ASSIGN_OR_RETURN(digests.config, DigestConfig(base / "config.json"));
  ASSIGN_OR_RETURN(const std::string tokenizer, ReadFile(base / "tokenizer.json", kMaxTokenizerBytes));
  digests.tokenizer = Sha256(tokenizer);
  return digests;
}

}  // namespace rubato
