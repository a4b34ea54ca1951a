#include "learner/matrix_ranges.h"

namespace rubato {

std::vector<AdamW::Range> MatrixRanges(const SlabLayout& layout) {
  std::vector<AdamW::Range> ranges;
  for (const SlabTensor& tensor : layout.tensors()) {
    if (tensor.shape.size() == 2) ranges.push_back({tensor.offset, tensor.offset + tensor.size});
  }
  return ranges;
}

}  // namespace rubato
