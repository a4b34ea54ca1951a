#pragma once

#include <cstddef>

#include "kernels/dispatch.h"

// Private to kernels/: exp.h per instruction set.

namespace rubato {

RUBATO_DECLARE_FOR_ISAS(void Exp(const float* x, size_t count, float* y);
                        void Log(const float* x, size_t count, float* y);)

}  // namespace rubato
