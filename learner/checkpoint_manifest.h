// The list of a checkpoint's files, which proves that they are whole.
//
// A plain value and pure functions, but for reading the files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/digest.h"

namespace rubato {

struct CheckpointManifest {
  struct File {
    uint64_t size_bytes = 0;
    Digest sha256{};
    friend bool operator==(const File&, const File&) = default;
  };

  uint64_t step = 0;
  uint32_t lineage = 0;
  uint64_t generation = 0;
  uint64_t optimizer_updates = 0;
  Digest weight_digest{};             // of the version
  std::map<std::string, File> files;  // by path below the checkpoint's directory
};

std::string ToJson(const CheckpointManifest& manifest);

// INVALID_ARGUMENT, naming the key.
absl::StatusOr<CheckpointManifest> ParseCheckpointManifest(std::string_view json, std::string_view name);

// Of every file below `directory` but the manifest itself.
absl::StatusOr<std::map<std::string, CheckpointManifest::File>> ListFiles(const std::string& directory);

inline constexpr char kManifestName[] = "manifest.json";

}  // namespace rubato
