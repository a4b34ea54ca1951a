// Reads a model directory and writes it again, for roundtrip.py:
//
//   rewrite FROM TO F32|BF16|F16 SHARD_BYTES

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "common/status.h"
#include "policy/model_directory.h"
#include "policy/safetensors_type.h"

namespace rubato {
namespace {

absl::Status Rewrite(const std::string& from, const std::string& to, const std::string& type,
                     int64_t most_shard_bytes) {
  ASSIGN_OR_RETURN(const ModelDirectory directory, ReadModelDirectory(from));
  for (const SafetensorsType candidate :
       {SafetensorsType::kF32, SafetensorsType::kBf16, SafetensorsType::kF16}) {
    if (NameOf(candidate) != type) continue;
    return WriteModelDirectory(to, directory.files, directory.layout, directory.weights, candidate,
                               most_shard_bytes);
  }
  return absl::InvalidArgumentError("the type \"" + type + "\" is none of F32, BF16 and F16");
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: rewrite FROM TO F32|BF16|F16 SHARD_BYTES\n");
    return 64;
  }
  const absl::Status status = rubato::Rewrite(argv[1], argv[2], argv[3], std::atoll(argv[4]));
  if (!status.ok()) std::fprintf(stderr, "rewrite: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
