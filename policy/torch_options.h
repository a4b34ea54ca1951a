#pragma once

#include <cstdint>

namespace rubato {

enum class TorchType { kF32, kBf16 };
enum class TorchDevice { kCpu, kCuda };

// How the policy is computed where LibTorch's products do it.
struct TorchOptions {
  TorchType type = TorchType::kBf16;  // of weights and activations; norms, softmax and log-probs are fp32
  TorchDevice device = TorchDevice::kCpu;
  int threads = 1;  // of the CPU; one number for the whole process, the last that was set
  // Most tokens of one forward pass: activations take about 20 * (hidden + ffn) bytes a token.  A sequence
  // that is longer is one pass of its own.
  int64_t batch_tokens = 4096;
  // Most bytes of the fp32 logits that exist at once.
  int64_t logits_bytes = int64_t{64} << 20;
};

}  // namespace rubato
