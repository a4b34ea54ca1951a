#pragma once

// The gated activation of the feed-forward block: y = silu(gate) * up, silu(g) = g / (1 + exp(-g)), in fp32.
// Exp is the kernels' own (exp.h).  Any thread.

namespace rubato {

// Each of gate, up and y holds `rows` rows of `dim` floats.  gate and up share one stride, so they may be the
// two halves of the rows of one fused product.
void Swiglu(const float* gate, const float* up, int stride, int rows, int dim, float* y, int y_stride);

// Writes dgate = dy * up * s * (1 + gate * (1 - s)) and dup = dy * gate * s, with s = 1 / (1 + exp(-gate)).
// dgate and dup share `d_stride`.
void SwigluBackward(const float* gate, const float* up, int stride, const float* dy, int dy_stride, int rows,
                    int dim, float* dgate, float* dup, int d_stride);

}  // namespace rubato
