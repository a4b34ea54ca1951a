#pragma once

#include <cstddef>

namespace rubato {

// y[i] += x[i] in fp32, for the residual stream.  Any thread.
void AddTo(const float* x, size_t count, float* y);

}  // namespace rubato
