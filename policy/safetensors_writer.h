#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "policy/safetensors_type.h"
#include "policy/slab.h"
#include "policy/slab_layout.h"

namespace rubato {

// Writes a slab, or those of its tensors that are given (in slab order), as a .safetensors file, whole or not
// at all (common/atomic_file.h).  `type` is a weight type: kF32 is exact, the others round to nearest even
// and keep NaN.  The bytes are a function of the arguments alone.  Streams: besides the header it holds 1
// MiB, however large the slab is. INVALID_ARGUMENT, naming tensor, element and value, if a finite value is
// too large for `type`; otherwise the errors of common/file.h, with the path.
absl::Status WriteSafetensors(const std::string& path, const SlabLayout& layout, const Slab& slab,
                              SafetensorsType type);
absl::Status WriteSafetensors(const std::string& path, std::span<const SlabTensor> tensors, const Slab& slab,
                              SafetensorsType type);

// The check of values alone, for all tensors of the slab.
absl::Status CheckFits(std::span<const SlabTensor> tensors, const Slab& slab, SafetensorsType type);

}  // namespace rubato
