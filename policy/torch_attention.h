#pragma once

#include <cstdint>
#include <span>

namespace at {
class Tensor;
}

namespace rubato {

// Causal attention of packed sequences, each by itself: sequence i is rows starts[i] .. starts[i + 1].
// q [rows, heads, head_dim]; k and v [rows, kv_heads, head_dim], heads a multiple of kv_heads; all of one
// type and device.  Returns [rows, heads * head_dim].  Memory is linear in the rows.
//
// In bf16 on a CPU it rounds where the eager pass of `transformers` does: scores, scaled scores and
// probabilities are bf16, the softmax is fp32.  Everywhere else LibTorch's fused kernel runs, which keeps
// more.
at::Tensor PackedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           std::span<const int64_t> starts);

}  // namespace rubato
