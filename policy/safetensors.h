#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/safetensors_header.h"
#include "policy/safetensors_type.h"

namespace rubato {

// A .safetensors file, mapped, after all checks of ParseSafetensors.
//
// Owns the mapping; tensors point into it.  Immutable after Open; safe to share between threads.  What is
// read counts as this process's memory until the system wants it back, which it may at any time.  A file that
// another process truncates while it is mapped ends this one with SIGBUS, as with every reader that maps.
class SafetensorsFile {
 public:
  // NOT_FOUND: no such file; INVALID_ARGUMENT: not a safetensors file, with what is wrong where; both name
  // `path`.
  static absl::StatusOr<SafetensorsFile> Open(const std::string& path);

  const std::vector<SafetensorsTensor>& tensors() const { return tensors_; }  // in file order
  const SafetensorsTensor* Find(std::string_view name) const;
  uint64_t size_bytes() const { return size_bytes_; }  // of the file

 private:
  std::shared_ptr<const void> mapping_;
  uint64_t size_bytes_ = 0;
  std::vector<SafetensorsTensor> tensors_;
};

// Converts all elements of `tensor`, whose type is a weight type, to fp32.  `out` holds tensor.elements
// floats.
void ReadFloats(const SafetensorsTensor& tensor, std::span<float> out);

}  // namespace rubato
