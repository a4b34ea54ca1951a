#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/safetensors_type.h"

namespace rubato {

// One tensor of a .safetensors file.
struct SafetensorsTensor {
  std::string name;
  SafetensorsType type = SafetensorsType::kF32;
  std::vector<int64_t> shape;  // empty: one element; a size may be 0
  int64_t elements = 0;
  int64_t bytes = 0;
  const unsigned char* data = nullptr;  // little-endian, row-major; any alignment
};

// What a file of these bytes holds, its tensors pointing into `file`, in the order of their data.  The bytes
// are believed only as far as they were checked; beside the rules of the `safetensors` library (`validate`
// and `read_metadata` in its tensor.rs) we refuse keys it ignores:
//
//   * 8 bytes of header length, at most 100,000,000; the header is there whole, begins with '{' and is UTF-8;
//   * it is one flat JSON object: name -> {dtype, shape, data_offsets}, each of the three once and nothing
//     else, no name twice; "__metadata__" maps text to text;
//   * every shape times its dtype is the length of its range, without overflow;
//   * ranges follow each other from 0 to the end of the file.
//
// INVALID_ARGUMENT, saying what is wrong where.  Pure function; needs memory in proportion to the header,
// which is never more than the file's own size times a small constant, and recurses nowhere.
absl::StatusOr<std::vector<SafetensorsTensor>> ParseSafetensors(std::span<const unsigned char> file);

}  // namespace rubato
