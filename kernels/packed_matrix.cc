#include "kernels/packed_matrix.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace rubato {

PackedMatrix::PackedMatrix(int outputs, int inputs) : outputs_(outputs), inputs_(inputs) {
  const size_t bytes = static_cast<size_t>(panels()) * static_cast<size_t>(inputs) * kPanel * sizeof(float);
  if (bytes == 0) return;
  // A panel row is 128 bytes, so the size is a multiple of the alignment.
  data_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_.get(), 0, bytes);
}

void PackedMatrix::Pack(const float* weights, int first_output, int rows) {
  for (int row = 0; row < rows; ++row) {
    const int output = first_output + row;
    float* to = data_.get() + static_cast<size_t>(output / kPanel) * static_cast<size_t>(inputs_) * kPanel +
                output % kPanel;
    const float* from = weights + static_cast<size_t>(row) * static_cast<size_t>(inputs_);
    for (int k = 0; k < inputs_; ++k) to[static_cast<size_t>(k) * kPanel] = from[k];
  }
}

void PackedMatrix::Free::operator()(float* data) const { std::free(data); }

}  // namespace rubato
