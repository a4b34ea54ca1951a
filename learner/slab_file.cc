#include "learner/slab_file.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "policy/safetensors.h"

namespace rubato {

absl::StatusOr<Slab> ReadSlabFile(const std::string& path, const SlabLayout& layout) {
  ASSIGN_OR_RETURN(const SafetensorsFile file, SafetensorsFile::Open(path));
  Slab slab(layout.size());
  for (const SlabTensor& tensor : layout.tensors()) {
    const SafetensorsTensor* found = file.Find(tensor.name);
    if (found == nullptr || found->shape != tensor.shape) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": tensor \"", tensor.name,
                                                     "\" is missing or has another shape than the model's"));
    }
    ReadFloats(*found, slab.floats().subspan(tensor.offset, tensor.size));
  }
  return slab;
}

}  // namespace rubato
