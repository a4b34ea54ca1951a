#pragma once

namespace rubato {

// y[i] = x[i] / sqrt(mean(x^2) + eps) * weight[i] for one row, in double.  For tests and audits.
void RmsNormRef(const double* x, const double* weight, double eps, int dim, double* y);

}  // namespace rubato
