#pragma once

#include "kernels/dispatch.h"

// Private to kernels/: rope.h per instruction set.

namespace rubato {

// Rotates `heads` heads of 2 * half floats by the angles of cosines and sign * sines.
RUBATO_DECLARE_FOR_ISAS(void RotateHalves(const float* cosines, const float* sines, float sign, int half,
                                          int heads, float* x);)

}  // namespace rubato
