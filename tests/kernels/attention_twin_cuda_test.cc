#include "kernels/attention_twin_cuda.h"

#include <cstdlib>

#include "tests/kernels/attention_cuda_cases.h"

namespace rubato {

bool CanRun() { return true; }

const CudaAttentionRunner& Runner() {
  static const auto& runner = *new CudaAttentionRunner{
      .allocate =
          [](size_t bytes) {
            return std::shared_ptr<void>(std::aligned_alloc(64, (bytes + 64) / 64 * 64), std::free);
          },
      .attend =
          [](const AttentionCallCuda& call) {
            AttentionTwinCuda(call);
            return absl::OkStatus();
          },
      .finish =
          [](const AttentionFinishCuda& call) {
            AttentionFinishTwinCuda(call);
            return absl::OkStatus();
          },
  };
  return runner;
}

}  // namespace rubato
