#include "kernels/rms_norm.h"

#include "kernels/rms_norm_isa.h"

namespace rubato {

void RmsNorm(const float* x, int x_stride, const float* weight, float eps, int rows, int dim, float* y,
             int y_stride) {
  RUBATO_FOR_ACTIVE_ISA(RmsNorm)(x, x_stride, weight, eps, rows, dim, y, y_stride);
}

void RmsNormBackward(const float* x, int x_stride, const float* weight, float eps, const float* dy,
                     int dy_stride, int rows, int dim, float* dx, int dx_stride, float* dweight) {
  RUBATO_FOR_ACTIVE_ISA(RmsNormBackward)
  (x, x_stride, weight, eps, dy, dy_stride, rows, dim, dx, dx_stride, dweight);
}

}  // namespace rubato
