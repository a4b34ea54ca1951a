#pragma once

#include "kernels/dispatch.h"

// Private to kernels/: swiglu.h per instruction set.

namespace rubato {

RUBATO_DECLARE_FOR_ISAS(void Swiglu(const float* gate, const float* up, int stride, int rows, int dim,
                                    float* y, int y_stride);
                        void SwigluBackward(const float* gate, const float* up, int stride, const float* dy,
                                            int dy_stride, int rows, int dim, float* dgate, float* dup,
                                            int d_stride);)

}  // namespace rubato
