#pragma once

// The kernels' own exponential and logarithm in fp32, the same bits on every instruction set.
//
// Exp: within 1 ulp; results below the smallest normal number are 0; above the largest, +inf; NaN stays NaN.
// Log: within 2 ulp for normal positive numbers; 0 gives -inf, negative numbers and NaN give NaN, +inf gives
// +inf; a subnormal argument counts as 0. Kernels use them inline; these entry points exist for single values
// and for tests.  Any thread.

#include <cstddef>

namespace rubato {

// y[i] = exp(x[i]); y may be x.
void Exp(const float* x, size_t count, float* y);

// y[i] = log(x[i]); y may be x.
void Log(const float* x, size_t count, float* y);

}  // namespace rubato
