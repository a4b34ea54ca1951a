#pragma once

#include "kernels/dispatch.h"

// Private to kernels/: rms_norm.h per instruction set.

namespace rubato {

RUBATO_DECLARE_FOR_ISAS(void RmsNorm(const float* x, int x_stride, const float* weight, float eps, int rows,
                                     int dim, float* y, int y_stride);
                        void RmsNormBackward(const float* x, int x_stride, const float* weight, float eps,
                                             const float* dy, int dy_stride, int rows, int dim, float* dx,
                                             int dx_stride, float* dweight);)

}  // namespace rubato
