#include "kernels/kv_tile.h"

#include <cstring>

namespace rubato {

void WriteKv(const KvTileLayout& layout, const float* keys, const float* values, int slot, float* tile) {
  const size_t dim = static_cast<size_t>(layout.head_dim);
  for (int head = 0; head < layout.kv_heads; ++head) {
    float* const k = tile + layout.KeysOffset(head) + slot;
    for (size_t d = 0; d < dim; ++d) k[d * kKeysPerTile] = keys[d];
    std::memcpy(tile + layout.ValuesOffset(head) + static_cast<size_t>(slot) * dim, values,
                dim * sizeof(float));
    keys += dim;
    values += dim;
  }
}

}  // namespace rubato
