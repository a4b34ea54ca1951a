#include "policy/slab.h"

#include <algorithm>
#include <new>

namespace rubato {

namespace {
constexpr std::align_val_t kAlignment{64};
}  // namespace

void Slab::Free::operator()(float* memory) const { ::operator delete(memory, kAlignment); }

Slab::Slab(int64_t floats)
    : memory_(static_cast<float*>(::operator new(static_cast<size_t>(floats) * sizeof(float), kAlignment))),
      size_(floats) {
  std::fill_n(memory_.get(), size_, 0.0f);
}

Slab Slab::Clone() const {
  Slab copy(size_);
  std::copy_n(data(), size_, copy.data());
  return copy;
}

}  // namespace rubato
