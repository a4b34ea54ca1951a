#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

enum class SafetensorsType { kF32, kBf16, kF16 };

int64_t BytesPerElement(SafetensorsType type);
std::string_view NameOf(SafetensorsType type);  // "F32", "BF16", "F16"

// One tensor of an open file.
struct SafetensorsTensor {
  std::string name;
  SafetensorsType type = SafetensorsType::kF32;
  std::vector<int64_t> shape;
  int64_t elements = 0;
  const unsigned char* data = nullptr;  // little-endian, row-major; any alignment
};

// A .safetensors file, mapped and believed only as far as it was checked: header of at most 100 MB that
// starts with
// '{' and is one flat JSON object, no name twice, every shape times its type equal to its byte range
// (overflow detected), ranges contiguous from 0 to the end of the file, types among those above.
//
// Owns the mapping; tensors point into it.  Immutable after Open; safe to share between threads.  A file that
// another process truncates while it is mapped ends this one with SIGBUS, as with every reader that maps.
class SafetensorsFile {
 public:
  // NOT_FOUND: no such file; INVALID_ARGUMENT: not a safetensors file that we read, with what is wrong where.
  static absl::StatusOr<SafetensorsFile> Open(const std::string& path);

  const std::vector<SafetensorsTensor>& tensors() const { return tensors_; }  // in file order
  const SafetensorsTensor* Find(std::string_view name) const;

 private:
  std::shared_ptr<const void> mapping_;
  std::vector<SafetensorsTensor> tensors_;
};

// Converts all elements of `tensor` to fp32 (exact for every type read).  `out` holds tensor.elements floats.
void ReadFloats(const SafetensorsTensor& tensor, std::span<float> out);

}  // namespace rubato
