#pragma once

// y[r, o] = sum_k x[r, k] w[o, k] + bias[o], in double.  For tests and audits.

namespace rubato {

// x [rows, inputs], w [outputs, inputs], bias [outputs] or null, y [rows, outputs].
void LinearRef(const double* x, int rows, int inputs, const double* w, int outputs, const double* bias,
               double* y);

}  // namespace rubato
