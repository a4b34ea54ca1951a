#include "kernels/linear_ref.h"

namespace rubato {

void LinearRef(const double* x, int rows, int inputs, const double* w, int outputs, const double* bias,
               double* y) {
  for (int r = 0; r < rows; ++r) {
    for (int o = 0; o < outputs; ++o) {
      double sum = bias == nullptr ? 0.0 : bias[o];
      for (int k = 0; k < inputs; ++k) sum += x[r * inputs + k] * w[o * inputs + k];
      y[r * outputs + o] = sum;
    }
  }
}

}  // namespace rubato
