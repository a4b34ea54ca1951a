#pragma once

#include <string>

#include "absl/status/status.h"
#include "policy/safetensors.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Writes a slab as a .safetensors file, whole or not at all (temporary name, fsync, rename, fsync of the
// directory). `type` is kF32 (exact) or kBf16 (rounded to nearest even; a NaN stays one).  The bytes are a
// function of the arguments alone.  Errors: those of common/file.h, with the path.
absl::Status WriteSafetensors(const std::string& path, const SlabLayout& layout, const Slab& slab,
                              SafetensorsType type);

}  // namespace rubato
