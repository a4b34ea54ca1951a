#include "kernels/attention_launch_cuda.h"

namespace rubato {

const char kWithoutCuda[] = "this build has no CUDA kernels; build with --config=cuda";

const char* LaunchAttentionCuda(const AttentionCallCuda&, void*) { return kWithoutCuda; }
const char* LaunchAttentionFinishCuda(const AttentionFinishCuda&, void*) { return kWithoutCuda; }

}  // namespace rubato
