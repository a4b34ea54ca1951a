#include "tests/bench/training_peer_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "policy/slab_layout.h"

namespace rubato {

struct TrainingPeer::Tensors {
  ModelConfig config;
  SlabLayout layout;
  std::vector<at::Tensor> parameters, first, second, steps;

  Tensors(const ModelConfig& config, const Slab& weights) : config(config), layout(config) {
    for (const SlabTensor& tensor : layout.tensors()) {
      at::Tensor values = at::empty(tensor.shape, at::kFloat);
      std::copy_n(weights.data() + tensor.offset, tensor.size, values.data_ptr<float>());
      parameters.push_back(values.requires_grad_(true));
      first.push_back(at::zeros_like(values));
      second.push_back(at::zeros_like(values));
      steps.push_back(at::zeros({}, at::kFloat));
    }
  }

  at::Tensor P(const std::string& name) const {
    return parameters[layout.Find(name) - layout.tensors().data()];
  }

  at::Tensor Norm(const at::Tensor& x, const std::string& weight) const {
    return at::rms_norm(x, {x.size(-1)}, P(weight), config.rms_norm_eps);
  }

  // [batch, tokens, heads * head_dim] to [batch, heads, tokens, head_dim], normed and rotated.
  at::Tensor Heads(at::Tensor x, int heads, const std::string& norm, const at::Tensor& cos,
                   const at::Tensor& sin) const {
    x = Norm(x.view({x.size(0), x.size(1), heads, config.head_dim}), norm).transpose(1, 2);
    const auto halves = x.chunk(2, -1);
    return x * cos + at::cat({-halves[1], halves[0]}, -1) * sin;
  }

  at::Tensor Attention(const std::string& name, const at::Tensor& x, const at::Tensor& cos,
                       const at::Tensor& sin) const {
    const at::Tensor q =
        Heads(at::linear(x, P(name + "q_proj.weight")), config.heads, name + "q_norm.weight", cos, sin);
    const at::Tensor k =
        Heads(at::linear(x, P(name + "k_proj.weight")), config.kv_heads, name + "k_norm.weight", cos, sin);
    const at::Tensor v = at::linear(x, P(name + "v_proj.weight"))
                             .view({x.size(0), x.size(1), config.kv_heads, config.head_dim})
                             .transpose(1, 2);
    const at::Tensor out = at::scaled_dot_product_attention(q, k, v, {}, 0.0, true, std::nullopt,
                                                            config.heads != config.kv_heads);
    return at::linear(out.transpose(1, 2).flatten(2), P(name + "o_proj.weight"));
  }

  at::Tensor Logits(const at::Tensor& tokens) const {
    const int half = config.head_dim / 2;
    const at::Tensor frequency =
        at::pow(config.rope.theta, at::arange(half, at::kFloat) * (-2.0 / config.head_dim));
    at::Tensor angle = at::outer(at::arange(tokens.size(1), at::kFloat), frequency);
    angle = at::cat({angle, angle}, -1);
    const at::Tensor cos = angle.cos(), sin = angle.sin();
    at::Tensor x = at::embedding(P("model.embed_tokens.weight"), tokens);
    for (int i = 0; i < config.layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      x = x + Attention(layer + "self_attn.", Norm(x, layer + "input_layernorm.weight"), cos, sin);
      const at::Tensor normed = Norm(x, layer + "post_attention_layernorm.weight");
      const at::Tensor gated = at::silu(at::linear(normed, P(layer + "mlp.gate_proj.weight"))) *
                               at::linear(normed, P(layer + "mlp.up_proj.weight"));
      x = x + at::linear(gated, P(layer + "mlp.down_proj.weight"));
    }
    return at::linear(Norm(x, "model.norm.weight"), P("model.embed_tokens.weight"));
  }
};

TrainingPeer::TrainingPeer(const ModelConfig& config, const Slab& weights, int threads)
    : tensors_(std::make_unique<Tensors>(config, weights)) {
  at::set_num_threads(threads);
}

TrainingPeer::~TrainingPeer() = default;

double TrainingPeer::Step(const std::vector<std::vector<int32_t>>& sequences, double lr) {
  size_t longest = 0;
  for (const auto& sequence : sequences) longest = std::max(longest, sequence.size());
  const int64_t count = static_cast<int64_t>(sequences.size()), width = static_cast<int64_t>(longest) - 1;
  at::Tensor tokens = at::zeros({count, width}, at::kLong);
  at::Tensor targets = at::full({count, width}, -100, at::kLong);
  for (int64_t i = 0; i < count; ++i) {
    const std::vector<int32_t>& sequence = sequences[i];
    for (size_t j = 0; j + 1 < sequence.size(); ++j) {
      tokens.data_ptr<int64_t>()[i * width + j] = sequence[j];
      targets.data_ptr<int64_t>()[i * width + j] = sequence[j + 1];
    }
  }
  const at::Tensor loss = at::cross_entropy_loss(tensors_->Logits(tokens).flatten(0, 1), targets.flatten());
  loss.backward();

  std::vector<at::Tensor> values, gradients;
  for (at::Tensor& parameter : tensors_->parameters) {
    values.push_back(parameter.detach());
    gradients.push_back(parameter.grad());
  }
  for (at::Tensor& step : tensors_->steps) step += 1;
  at::_fused_adamw_(values, gradients, tensors_->first, tensors_->second, {}, tensors_->steps, lr, 0.9, 0.95,
                    0.0, 1e-8, false, false);
  for (at::Tensor& parameter : tensors_->parameters) parameter.mutable_grad() = at::Tensor();
  return loss.item<double>();
}

}  // namespace rubato
