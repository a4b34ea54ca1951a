#pragma once

// A weight matrix W[outputs, inputs] in the layout the matrix kernels read: panels of 32 outputs, and within
// a panel, for each input, its 32 weights side by side.  The last panel is filled up with zeros.
//
// A plain value.  Threads may read one together; Pack needs it alone.

#include <cstddef>
#include <memory>

#include "kernels/parallel.h"

namespace rubato {

class PackedMatrix {
 public:
  static constexpr int kPanel = 32;

  PackedMatrix() = default;
  // All weights zero.  outputs, inputs >= 0.
  PackedMatrix(int outputs, int inputs);

  int outputs() const { return outputs_; }
  int inputs() const { return inputs_; }
  int panels() const { return (outputs_ + kPanel - 1) / kPanel; }

  // Copies `rows` rows of inputs() weights each, row-major (a Hugging Face linear weight as it lies in the
  // slab), to the outputs first_output, first_output + 1, ...  Matrices that read the same input (q, k, v;
  // gate, up) go into one PackedMatrix by several calls.  first_output + rows <= outputs().  Threads split
  // panels.
  void Pack(const float* weights, int first_output, int rows, ThreadPool* pool = nullptr);
  void Pack(const float* weights) { Pack(weights, 0, outputs_); }

  // The reverse: those rows, row-major, to `weights`.
  void Unpack(int first_output, int rows, float* weights, ThreadPool* pool = nullptr) const;

  // [inputs()][kPanel], 64-byte aligned.
  const float* panel(int index) const {
    return data_.get() + static_cast<size_t>(index) * static_cast<size_t>(inputs_) * kPanel;
  }

 private:
  struct Free {
    void operator()(float* data) const;
  };
  // Calls visit(panel, first row and last row + 1 of it) for the panels that hold the given outputs.
  template <typename Visit>
  void ForEachPanel(int first_output, int rows, ThreadPool* pool, Visit visit) const;

  int outputs_ = 0;
  int inputs_ = 0;
  std::unique_ptr<float[], Free> data_;
};

}  // namespace rubato
