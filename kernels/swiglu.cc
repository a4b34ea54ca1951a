#include "kernels/swiglu.h"

#include "kernels/swiglu_isa.h"

namespace rubato {

void Swiglu(const float* gate, const float* up, int stride, int rows, int dim, float* y, int y_stride) {
  RUBATO_FOR_ACTIVE_ISA(Swiglu)(gate, up, stride, rows, dim, y, y_stride);
}

void SwigluBackward(const float* gate, const float* up, int stride, const float* dy, int dy_stride, int rows,
                    int dim, float* dgate, float* dup, int d_stride) {
  RUBATO_FOR_ACTIVE_ISA(SwigluBackward)(gate, up, stride, dy, dy_stride, rows, dim, dgate, dup, d_stride);
}

}  // namespace rubato
