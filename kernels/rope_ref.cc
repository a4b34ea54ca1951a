#include "kernels/rope_ref.h"

#include <cmath>
#include <complex>

namespace rubato {

void RopeRef(double theta, int position, int head_dim, double* x) {
  const int half = head_dim / 2;
  for (int i = 0; i < half; ++i) {
    const double angle = static_cast<float>(position / std::pow(theta, 2.0 * i / head_dim));
    const std::complex<double> turned = std::complex<double>(x[i], x[i + half]) * std::polar(1.0, angle);
    x[i] = turned.real();
    x[i + half] = turned.imag();
  }
}

}  // namespace rubato
