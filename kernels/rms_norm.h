#pragma once

// RMS normalisation: y[i] = (x[i] * r) * weight[i],  r = 1 / sqrt(mean(x^2) + eps), per row, in fp32.
//
// The sum of squares runs over 16 lanes (element i into lane i mod 16, by fused multiply-add) that a fixed
// tree adds up; square root and division are the correctly rounded ones of IEEE 754.  Any thread.

namespace rubato {

// Shapes: x and y hold `rows` rows of `dim` floats, x_stride and y_stride floats apart; weight [dim].
// y may be x (with equal strides).  QK-norm is this with one row per head: rows = tokens * heads when the
// heads of all tokens lie at one stride.
void RmsNorm(const float* x, int x_stride, const float* weight, float eps, int rows, int dim, float* y,
             int y_stride);

// Given dy, adds to dx and dweight:
//   dx[i] += r * (w[i] dy[i] - x[i] r^2 * mean_j(w[j] dy[j] x[j])),   dweight[i] += sum over rows of dy[i]
//   x[i] r.
// Rows are added in ascending order, so results repeat bit for bit.  dx must not overlap dy or x.
void RmsNormBackward(const float* x, int x_stride, const float* weight, float eps, const float* dy,
                     int dy_stride, int rows, int dim, float* dx, int dx_stride, float* dweight);

}  // namespace rubato
