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

}  // namespace

absl::StatusOr<Digest> DigestModelConfig(std::string_view text, std::string_view name) {
  ASSIGN_OR_RETURN(const Json config, Json::Parse(text, name));
  if (!config.is_object()) {
    return absl::InvalidArgumentError(Concat(name, " holds ", config.TypeName(), ", an object is needed"));
  }
  Json::Object members = config.object();
  members.erase("_name_or_path");
  members.erase("transformers_version");
  return Sha256(Json(std::move(members)).Dump());
}

absl::StatusOr<ModelDigests> DigestModelDirectory(const std::string& directory) {
  const std::filesystem::path base(directory);
  ModelDigests digests;
  const std::string config_file = base / "config.json";
  ASSIGN_OR_RETURN(const std::string config, ReadFile(config_file, kMaxConfigBytes));
  ASSIGN_OR_RETURN(digests.config, DigestModelConfig(config, config_file));
  ASSIGN_OR_RETURN(const std::string tokenizer, ReadFile(base / "tokenizer.json", kMaxTokenizerBytes));
  digests.tokenizer = Sha256(tokenizer);
  return digests;
}

}  // namespace rubato
