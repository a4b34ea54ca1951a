#pragma once

// The CUDA kernels of decode attention told slowly on the host: the same parts, merge and ring of
// attention_split_cuda.h in the same order of steps, all pointers being host memory.  Where there is no GPU
// this is what can be proved of them.  For tests.

#include "kernels/attention_launch_cuda.h"

namespace rubato {

void AttentionTwinCuda(const AttentionCallCuda& call);
void AttentionFinishTwinCuda(const AttentionFinishCuda& call);

}  // namespace rubato
