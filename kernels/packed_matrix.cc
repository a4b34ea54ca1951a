#include "kernels/packed_matrix.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace rubato {
namespace {

constexpr int kStep = 16;
// Below this many floats waking a thread costs more than it saves.
constexpr int64_t kSmallCopy = 1 << 17;

}  // namespace

PackedMatrix::PackedMatrix(int outputs, int inputs) : outputs_(outputs), inputs_(inputs) {
  const size_t bytes = static_cast<size_t>(panels()) * static_cast<size_t>(inputs) * kPanel * sizeof(float);
  if (bytes == 0) return;
  // A panel row is 128 bytes, so the size is a multiple of the alignment.
  data_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_.get(), 0, bytes);
}

template <typename Visit>
void PackedMatrix::ForEachPanel(int first_output, int rows, ThreadPool* pool, Visit visit) const {
  const int64_t first = first_output / kPanel;
  const int64_t count = rows == 0 ? 0 : (first_output + rows - 1) / kPanel + 1 - first;
  const int64_t grain = std::max<int64_t>(1, kSmallCopy / (int64_t{kPanel} * std::max(1, inputs_)));
  ParallelFor(pool, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t panel = first + begin; panel < first + end; ++panel) {
      const int output = static_cast<int>(panel) * kPanel;
      visit(static_cast<int>(panel), std::max(first_output, output),
            std::min(first_output + rows, output + kPanel));
    }
  });
}

// Both directions go by 16 inputs of all rows of a panel: 32 cache lines on one side, 2 KiB on the other.

void PackedMatrix::Pack(const float* weights, int first_output, int rows, ThreadPool* pool) {
  ForEachPanel(first_output, rows, pool, [&](int index, int begin, int end) {
    float* const to = data_.get() + static_cast<size_t>(index) * static_cast<size_t>(inputs_) * kPanel;
    for (int k = 0; k < inputs_; k += kStep) {
      const int count = std::min(kStep, inputs_ - k);
      for (int output = begin; output < end; ++output) {
        const float* from = weights + static_cast<ptrdiff_t>(output - first_output) * inputs_ + k;
        float* const column = to + static_cast<ptrdiff_t>(k) * kPanel + output % kPanel;
        for (int i = 0; i < count; ++i) column[i * kPanel] = from[i];
      }
    }
  });
}

void PackedMatrix::Unpack(int first_output, int rows, float* weights, ThreadPool* pool) const {
  ForEachPanel(first_output, rows, pool, [&](int index, int begin, int end) {
    const float* const from = panel(index);
    for (int k = 0; k < inputs_; k += kStep) {
      const int count = std::min(kStep, inputs_ - k);
      for (int output = begin; output < end; ++output) {
        float* const to = weights + static_cast<ptrdiff_t>(output - first_output) * inputs_ + k;
        const float* const column = from + static_cast<ptrdiff_t>(k) * kPanel + output % kPanel;
        for (int i = 0; i < count; ++i) to[i] = column[i * kPanel];
      }
    }
  });
}

void PackedMatrix::Free::operator()(float* data) const { std::free(data); }

}  // namespace rubato
