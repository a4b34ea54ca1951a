#include "kernels/rms_norm_ref.h"

#include <cmath>

namespace rubato {

void RmsNormRef(const double* x, const double* weight, double eps, int dim, double* y) {
  double squares = 0;
  for (int i = 0; i < dim; ++i) squares += x[i] * x[i];
  const double rms = std::sqrt(squares / dim + eps);
  for (int i = 0; i < dim; ++i) y[i] = x[i] / rms * weight[i];
}

}  // namespace rubato
