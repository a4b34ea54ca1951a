// A slab in a .safetensors file of its own, and back.  Free functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Reads what WriteSafetensors wrote for the same layout.  INVALID_ARGUMENT, naming file and tensor, if a
// tensor is missing or has another shape; NOT_FOUND: no such file.
absl::StatusOr<Slab> ReadSlabFile(const std::string& path, const SlabLayout& layout);

}  // namespace rubato
