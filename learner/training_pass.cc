#include "learner/training_pass.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/embedding.h"

namespace rubato {

TrainingPass::TrainingPass(const TrainingWeights* weights, UnusedIds unused_ids)
    : weights_(*weights), head_(weights, std::move(unused_ids)) {
  layers_.reserve(weights->config().layers);
  for (int i = 0; i < weights->config().layers; ++i) {
    layers_.push_back({AttentionPass(weights, i), FeedForwardPass(weights, i)});
  }
}

void TrainingPass::Run(const PackedBatch& batch, TokenLoss* loss, Slab* gradient) {
  const int rows = batch.rows();
  const int hidden = weights_.config().hidden;
  const SlabTensor* embedding = weights_.roles().embedding;
  float* x = x_.Reserve(static_cast<int64_t>(rows) * hidden);
  float* dx = dx_.Reserve(static_cast<int64_t>(rows) * hidden);

  GatherEmbedding(weights_.at(embedding), hidden, batch.tokens.data(), rows, x);
  for (Layer& layer : layers_) {
    layer.attention.Forward(batch, x, &attention_scratch_);
    layer.feed_forward.Forward(rows, x, &feed_forward_scratch_);
  }
  head_.Run(batch, x, loss, dx, gradient->data());
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    layer->feed_forward.Backward(rows, dx, &feed_forward_scratch_, gradient->data());
    layer->attention.Backward(batch, dx, &attention_scratch_, gradient->data());
  }
  ScatterAddEmbedding(dx, hidden, batch.tokens.data(), rows, gradient->data() + embedding->offset);
}

absl::Status CheckFits(const PackedBatch& batch, const ModelConfig& config) {
  const auto outside = [&](int32_t token) { return token < 0 || token >= config.vocab; };
  for (int row = 0; row < batch.rows(); ++row) {
    const int32_t target = batch.targets[row];
    const bool bad_target = target != PackedBatch::kNoTarget && outside(target);
    if (!outside(batch.tokens[row]) && !bad_target) continue;
    return absl::InvalidArgumentError(absl::StrCat("token ", bad_target ? target : batch.tokens[row],
                                                   " is outside the model's vocabulary of ", config.vocab));
  }
  for (int s = 0; s < batch.sequences(); ++s) {
    const int length = batch.starts[s + 1] - batch.starts[s];
    if (length <= config.max_positions) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("a sequence of ", length,
                     " positions is longer than the model's max_position_embeddings ", config.max_positions));
  }
  return absl::OkStatus();
}

}  // namespace rubato
