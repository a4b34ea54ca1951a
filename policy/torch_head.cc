#include "policy/torch_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

namespace rubato {

namespace {

void Append(const at::Tensor& values, std::vector<float>* list) {
  const at::Tensor here = values.to(at::kCPU).contiguous();
  list->insert(list->end(), here.const_data_ptr<float>(), here.const_data_ptr<float>() + here.numel());
}

// A CPU goes several times over the logits, which should stay in its cache; the head is read once a chunk,
// which should be worth it.
int64_t ChunkRows(const at::Tensor& head, int64_t logits_bytes) {
  constexpr int64_t kCacheBytes = 1 << 20;
  constexpr int64_t kWorthReadingTheHead = 64;
  const int64_t row_bytes = head.size(0) * static_cast<int64_t>(sizeof(float));
  int64_t chunk = logits_bytes / row_bytes;
  if (head.is_cpu()) chunk = std::min(chunk, std::max(kCacheBytes / row_bytes, kWorthReadingTheHead));
  return std::max<int64_t>(1, chunk);
}

}  // namespace

void ScoreHidden(const at::Tensor& hidden, const at::Tensor& head, std::span<const int64_t> targets,
                 float temperature, int64_t logits_bytes, TokenScores* scores) {
  const int64_t rows = static_cast<int64_t>(targets.size());
  const int64_t chunk = ChunkRows(head, logits_bytes);
  for (int64_t begin = 0; begin < rows; begin += chunk) {
    const int64_t count = std::min(chunk, rows - begin);
    const at::Tensor logits = at::linear(hidden.narrow(0, begin, count), head).to(at::kFloat);
    const at::Tensor logprobs = at::log_softmax(logits.div_(temperature), -1);
    const at::Tensor index =
        at::tensor(at::ArrayRef<int64_t>(targets.data() + begin, count)).unsqueeze(1).to(head.device());
    Append(logprobs.gather(1, index), &scores->logprobs);
    at::Tensor weighted = logits;  // its memory is free
    at::exp_out(weighted, logprobs).mul_(logprobs);
    Append(weighted.sum(-1).neg(), &scores->entropies);
  }
}

}  // namespace rubato
