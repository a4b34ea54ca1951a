#pragma once

// As much of CUDA as attention_launch_cuda.cu needs to be compiled as C++ and run on the host: one block
// after another, its threads as fibers that change places at __syncthreads() and shuffles.  A barrier that
// not all threads reach ends the process.  Slow; for one test, from one thread.
//
// What this cannot show: races between barriers (the fibers take turns), and anything about the memory of a
// device.

#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#define __global__
#define __device__
#define __shared__ static
#define __launch_bounds__(threads)

using std::max;
using std::min;

using cudaStream_t = void*;
enum cudaError_t { cudaSuccess };
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline const char* cudaGetErrorString(cudaError_t) { return ""; }

struct dim3 {
  dim3(int x_value = 1, int y_value = 1, int z_value = 1) : x(x_value), y(y_value), z(z_value) {}
  int x, y, z;
};

inline dim3 threadIdx, blockIdx, blockDim;

namespace cuda_on_host {

struct Barrier {
  int size, arrived = 0;
  long passed = 0;
};

struct Warp {
  Barrier barrier{32};
  float values[2][32];  // of shuffles, in turns: a lane may be one shuffle ahead
  int turns[32] = {};
};

class Block {
 public:
  // Fibers take turns upwards or downwards.
  Block(int threads, bool downwards, std::function<void()> body)
      : body_(std::move(body)),
        step_(downwards ? threads - 1 : 1),
        fibers_(static_cast<size_t>(threads)),
        running_(threads),
        all_{threads},
        warps_(static_cast<size_t>(threads / 32)) {}

  void Run() {
    static std::vector<char> stacks;
    stacks.resize(fibers_.size() * kStackBytes);
    char* stack = stacks.data();
    current_block = this;
    for (Fiber& fiber : fibers_) {
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = stack;
      fiber.context.uc_stack.ss_size = kStackBytes;
      stack += kStackBytes;
      fiber.context.uc_link = nullptr;
      makecontext(
          &fiber.context, [] { current_block->RunFiber(); }, 0);
    }
    swapcontext(&caller_, &fibers_[0].context);
  }

  void Wait(Barrier* barrier) {
    idle_ = 0;
    const long passed = barrier->passed;
    if (++barrier->arrived == barrier->size) {
      barrier->arrived = 0;
      ++barrier->passed;
      return;
    }
    while (barrier->passed == passed) Yield();
  }

  void WaitForAll() { Wait(&all_); }

  float Shuffle(float value, int offset) {
    Warp& warp = warps_[static_cast<size_t>(thread_ / 32)];
    const int lane = thread_ % 32;
    float* const values = warp.values[warp.turns[lane]++ % 2];
    values[lane] = value;
    Wait(&warp.barrier);
    return values[lane ^ offset];
  }

  static inline Block* current_block = nullptr;

 private:
  static constexpr size_t kStackBytes = 1 << 16;

  struct Fiber {
    ucontext_t context;
    bool done = false;
  };

  Fiber& fiber(int thread) { return fibers_[static_cast<size_t>(thread)]; }

  void RunFiber() {
    threadIdx.x = thread_;
    body_();
    fiber(thread_).done = true;
    idle_ = 0;
    if (--running_ == 0) setcontext(&caller_);
    Yield();
  }

  void Yield() {
    const int size = static_cast<int>(fibers_.size());
    const int me = thread_;
    if (++idle_ > 2 * size) {
      std::fprintf(stderr, "a barrier that not all threads of the block reach\n");
      std::abort();
    }
    int next = me;
    do next = (next + step_) % size;
    while (fiber(next).done);
    if (next == me) return;
    thread_ = next;
    threadIdx.x = next;
    swapcontext(&fiber(me).context, &fiber(next).context);
  }

  std::function<void()> body_;
  int step_;
  std::vector<Fiber> fibers_;
  int running_;
  Barrier all_;
  std::vector<Warp> warps_;
  ucontext_t caller_;
  int thread_ = 0;
  int idle_ = 0;
};

inline bool downwards = false;

}  // namespace cuda_on_host

inline void __syncthreads() { cuda_on_host::Block::current_block->WaitForAll(); }
inline float __shfl_xor_sync(unsigned, float value, int offset) {
  return cuda_on_host::Block::current_block->Shuffle(value, offset);
}

struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  cudaStream_t stream;
};

template <typename Argument>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Argument),
                               const Argument& argument) {
  blockDim = config->blockDim;
  for (blockIdx.z = 0; blockIdx.z < config->gridDim.z; ++blockIdx.z) {
    for (blockIdx.y = 0; blockIdx.y < config->gridDim.y; ++blockIdx.y) {
      for (blockIdx.x = 0; blockIdx.x < config->gridDim.x; ++blockIdx.x) {
        cuda_on_host::Block(blockDim.x, cuda_on_host::downwards, [&] { kernel(argument); }).Run();
      }
    }
  }
  return cudaSuccess;
}
