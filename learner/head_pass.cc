#include "learner/head_pass.h"

#include <algorithm>
#include <span>
#include <utility>

#include "kernels/linear.h"
#include "kernels/log_softmax.h"
#include "kernels/logits_chunk.h"
#include "kernels/rms_norm.h"
#include "learner/linear_backward.h"

namespace rubato {
namespace {

// Chunks whose logits stay in a core's cache, but not so few rows that the products become thin, and no more
// bytes than a chunk may have.
int ChunkRows(int vocab) {
  return std::min(std::clamp((1 << 18) / vocab, 64, 512), LogitRowsPerChunk(vocab));
}

}  // namespace

HeadPass::HeadPass(const TrainingWeights* weights, UnusedIds unused_ids)
    : weights_(*weights),
      hidden_(weights->config().hidden),
      vocab_(weights->config().vocab),
      chunk_rows_(ChunkRows(vocab_)),
      unused_ids_(std::move(unused_ids)),
      logprobs_(chunk_rows_),
      entropies_(chunk_rows_),
      lse_(chunk_rows_),
      d_logprobs_(chunk_rows_) {}

void HeadPass::Run(const PackedBatch& batch, const float* x, TokenLoss* loss, float* dx, float* gradient) {
  std::fill_n(dx, static_cast<int64_t>(batch.rows()) * hidden_, 0.0f);
  ListTargets(batch);
  const int targets = static_cast<int>(targets_.size());
  for (int first = 0; first < targets; first += chunk_rows_) {
    const int count = std::min(chunk_rows_, targets - first);
    Score(first, count, x);
    const auto chunk = [count](std::vector<float>& values) { return std::span<float>(values.data(), count); };
    loss->Evaluate(first, chunk(logprobs_), chunk(entropies_), chunk(d_logprobs_));
    Backward(first, count, dx, gradient);
  }
}

void HeadPass::ListTargets(const PackedBatch& batch) {
  targets_.clear();
  for (int s = 0; s < batch.sequences(); ++s) {
    const float inverse_temperature = 1.0f / batch.temperatures[s];
    for (int row = batch.starts[s]; row < batch.starts[s + 1]; ++row) {
      if (batch.targets[row] == PackedBatch::kNoTarget) continue;
      targets_.push_back({row, batch.targets[row], inverse_temperature});
    }
  }
}

void HeadPass::Score(int first, int count, const float* x) {
  float* input = input_.Reserve(static_cast<int64_t>(chunk_rows_) * hidden_);
  float* normed = normed_.Reserve(static_cast<int64_t>(chunk_rows_) * hidden_);
  float* logits = logits_.Reserve(static_cast<int64_t>(chunk_rows_) * vocab_);
  for (int i = 0; i < count; ++i) {
    std::copy_n(x + static_cast<int64_t>(targets_[first + i].row) * hidden_, hidden_, input + i * hidden_);
  }
  RmsNorm(input, hidden_, weights_.at(weights_.roles().final_norm), weights_.config().rms_norm_eps, count,
          hidden_, normed, hidden_);
  Linear(normed, count, weights_.model().head(), logits);
  for (int i = 0; i < count; ++i) {
    const Target& target = targets_[first + i];
    float* row = logits + static_cast<int64_t>(i) * vocab_;
    unused_ids_.Mask(row);
    const TokenScore score = ScoreToken(row, vocab_, target.inverse_temperature, target.token);
    logprobs_[i] = score.logprob;
    entropies_[i] = score.entropy;
    lse_[i] = score.lse;
  }
}

void HeadPass::Backward(int first, int count, float* dx, float* gradient) {
  for (int i = 0; i < count; ++i) {
    const Target& target = targets_[first + i];
    float* logits = logits_.data() + static_cast<int64_t>(i) * vocab_;
    ScoreTokenBackward(logits, vocab_, target.inverse_temperature, target.token, lse_[i], -d_logprobs_[i],
                       logits);
  }
  const TensorRoles& roles = weights_.roles();
  LinearBackwardArgs args;
  args.rows = count;
  args.outputs = vocab_;
  args.inputs = hidden_;
  args.dy = logits_.data();
  args.dy_stride = vocab_;
  args.x = normed_.data();
  args.x_stride = hidden_;
  args.w = weights_.at(roles.head);
  args.dx = d_normed_.Reserve(static_cast<int64_t>(chunk_rows_) * hidden_);
  args.dw = gradient + roles.head->offset;
  LinearBackward(args);

  float* d_input = d_input_.Reserve(static_cast<int64_t>(chunk_rows_) * hidden_);
  std::fill_n(d_input, static_cast<int64_t>(count) * hidden_, 0.0f);
  RmsNormBackward(input_.data(), hidden_, weights_.at(roles.final_norm), weights_.config().rms_norm_eps,
                  d_normed_.data(), hidden_, count, hidden_, d_input, hidden_,
                  gradient + roles.final_norm->offset);
  for (int i = 0; i < count; ++i) {
    std::copy_n(d_input + i * hidden_, hidden_, dx + static_cast<int64_t>(targets_[first + i].row) * hidden_);
  }
}

}  // namespace rubato
