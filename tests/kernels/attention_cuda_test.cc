#include "kernels/attention_cuda.h"

#include <cuda_runtime.h>

#include "tests/kernels/attention_cuda_cases.h"

namespace rubato {
namespace {

absl::Status Wait(const absl::Status& status) {
  const cudaError_t error = cudaDeviceSynchronize();
  if (!status.ok() || error == cudaSuccess) return status;
  return absl::InternalError(cudaGetErrorString(error));
}

}  // namespace

// What the twin's tests say is then all that is known.
bool CanRun() {
  int devices = 0;
  return cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0;
}

const CudaAttentionRunner& Runner() {
  static const auto& runner = *new CudaAttentionRunner{
      .allocate =
          [](size_t bytes) {
            void* memory = nullptr;
            const cudaError_t error = cudaMallocManaged(&memory, bytes + 64);
            EXPECT_EQ(error, cudaSuccess) << cudaGetErrorString(error);
            return std::shared_ptr<void>(memory, cudaFree);
          },
      .attend = [](const AttentionCallCuda& call) { return Wait(AttentionCuda(call, nullptr)); },
      .finish = [](const AttentionFinishCuda& call) { return Wait(FinishAttentionStatsCuda(call, nullptr)); },
  };
  return runner;
}

}  // namespace rubato
