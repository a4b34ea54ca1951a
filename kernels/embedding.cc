#include "kernels/embedding.h"

#include <cstring>

namespace rubato {

void GatherEmbedding(const float* table, int dim, const int32_t* ids, int count, float* out) {
  const size_t row = static_cast<size_t>(dim);
  for (int i = 0; i < count; ++i) {
    std::memcpy(out + static_cast<size_t>(i) * row, table + static_cast<size_t>(ids[i]) * row,
                row * sizeof(float));
  }
}

void ScatterAddEmbedding(const float* dout, int dim, const int32_t* ids, int count, float* dtable) {
  const size_t row = static_cast<size_t>(dim);
  for (int i = 0; i < count; ++i) {
    const float* from = dout + static_cast<size_t>(i) * row;
    float* to = dtable + static_cast<size_t>(ids[i]) * row;
    for (size_t j = 0; j < row; ++j) to[j] += from[j];
  }
}

}  // namespace rubato
