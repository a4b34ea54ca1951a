#include "policy/torch_attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace rubato {

namespace {

// Of the fp32 scores of one block of queries.
constexpr int64_t kBlockBytes = 8 << 20;
// A block reads keys up to a multiple of this: for every new shape of a product LibTorch compiles and keeps
// code.
constexpr int64_t kKeyStep = 512;

// One sequence: q [heads, length, head_dim], k and v [kv_heads, length, head_dim].
at::Tensor Fused(const at::Tensor& q, at::Tensor k, at::Tensor v) {
  bool grouped = q.size(0) != k.size(0);
  if (grouped && q.is_cuda() && q.scalar_type() == at::kFloat) {
    // The one fused fp32 kernel for a GPU knows no groups.
    k = k.repeat_interleave(q.size(0) / k.size(0), 0);
    v = v.repeat_interleave(q.size(0) / v.size(0), 0);
    grouped = false;
  }
  return at::scaled_dot_product_attention(q.unsqueeze(0), k.unsqueeze(0), v.unsqueeze(0), {},
                                          /*dropout_p=*/0.0, /*is_causal=*/true, std::nullopt, grouped)
      .squeeze(0);
}

// The same for queries `begin` .. `end` alone, rounded as the eager pass rounds.
at::Tensor Eager(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t begin, int64_t end) {
  const int64_t kv_heads = k.size(0), group = q.size(0) / kv_heads, dim = q.size(2);
  const int64_t keys = std::min(k.size(1), (end + kKeyStep - 1) / kKeyStep * kKeyStep);
  // The heads of a group stand one below the other: they read the same keys.
  const at::Tensor rows = q.slice(1, begin, end).reshape({kv_heads, group * (end - begin), dim});
  at::Tensor scores = at::matmul(rows, k.slice(1, 0, keys).transpose(1, 2));
  // A tensor: LibTorch would round a plain number to bf16 first.
  scores.mul_(at::scalar_tensor(1 / std::sqrt(static_cast<double>(dim)), at::kDouble));
  const at::Tensor future = at::arange(keys, at::kLong).unsqueeze(0) > at::arange(begin, end).unsqueeze(1);
  scores.view({kv_heads, group, end - begin, keys})
      .masked_fill_(future, -std::numeric_limits<double>::infinity());
  const at::Tensor probabilities = at::softmax(scores, -1, at::kFloat).to(q.scalar_type());
  return at::matmul(probabilities, v.slice(1, 0, keys)).view({q.size(0), end - begin, dim});
}

}  // namespace

at::Tensor PackedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           std::span<const int64_t> starts) {
  const bool eager = q.is_cpu() && q.scalar_type() == at::kBFloat16;
  const at::Tensor out = at::empty_like(q, at::MemoryFormat::Contiguous);
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    const int64_t length = starts[i + 1] - starts[i];
    const auto part = [&](const at::Tensor& x) { return x.narrow(0, starts[i], length).transpose(0, 1); };
    const int64_t block =
        eager ? std::clamp<int64_t>(kBlockBytes / (4 * q.size(1) * length), 1, length) : length;
    for (int64_t begin = 0; begin < length; begin += block) {
      const int64_t end = std::min(length, begin + block);
      part(out)
          .slice(1, begin, end)
          .copy_(eager ? Eager(part(q), part(k), part(v), begin, end) : Fused(part(q), part(k), part(v)));
    }
  }
  return out.flatten(1);
}

}  // namespace rubato
