#include "kernels/swiglu_ref.h"

#include <cmath>

namespace rubato {

double SwigluRef(double gate, double up) { return gate / (1 + std::exp(-gate)) * up; }

}  // namespace rubato
