#include "tests/learner/reference_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "policy/slab_layout.h"

namespace rubato {
namespace {

class Reference {
 public:
  Reference(const ModelConfig& config, const Slab& weights) : config_(config), layout_(config) {
    for (const SlabTensor& tensor : layout_.tensors()) {
      at::Tensor values = at::empty(tensor.shape, at::kFloat);
      std::copy_n(weights.data() + tensor.offset, tensor.size, values.data_ptr<float>());
      parameters_.push_back(values.to(at::kDouble).requires_grad_(true));
    }
  }

  at::Tensor Logits(at::Tensor tokens) const {
    at::Tensor x = P("model.embed_tokens.weight").index_select(0, tokens);
    for (int i = 0; i < config_.layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      x = x + Attention(layer + "self_attn.", Norm(x, layer + "input_layernorm.weight"));
      x = x + FeedForward(layer + "mlp.", Norm(x, layer + "post_attention_layernorm.weight"));
    }
    x = Norm(x, "model.norm.weight");
    return at::matmul(x, P(config_.tied_embeddings ? "model.embed_tokens.weight" : "lm_head.weight").t());
  }

  std::vector<double> Gradient() const {
    std::vector<double> gradient(layout_.size());
    for (size_t i = 0; i < parameters_.size(); ++i) {
      const at::Tensor values = parameters_[i].grad();
      if (!values.defined()) continue;
      std::copy_n(values.contiguous().data_ptr<double>(), values.numel(),
                  gradient.data() + layout_.tensors()[i].offset);
    }
    return gradient;
  }

 private:
  at::Tensor P(const std::string& name) const {
    return parameters_[layout_.Find(name) - layout_.tensors().data()];
  }

  at::Tensor Norm(const at::Tensor& x, const std::string& weight) const {
    return x * at::rsqrt(x.pow(2).mean(-1, true) + static_cast<double>(config_.rms_norm_eps)) * P(weight);
  }

  // [tokens, heads * head_dim] to [heads, tokens, head_dim], normed and rotated.
  at::Tensor Heads(at::Tensor x, int heads, const std::string& norm, bool rotate) const {
    x = x.view({x.size(0), heads, config_.head_dim});
    if (config_.qk_norm && !norm.empty()) x = Norm(x, norm);
    x = x.transpose(0, 1);
    if (!rotate) return x;
    const int half = config_.head_dim / 2;
    const RopeFrequencies rope = ComputeRopeFrequencies(config_.rope, config_.head_dim);
    const at::Tensor frequency = at::tensor(rope.angles, at::kDouble);
    // Angles are fp32 everywhere; all else is double here.
    const at::Tensor angle =
        at::outer(at::arange(x.size(1), at::kDouble), frequency).to(at::kFloat).to(at::kDouble);
    const at::Tensor a = x.slice(-1, 0, half), b = x.slice(-1, half);
    return at::cat({a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()}, -1) * rope.scale;
  }

  // With its bias where the model has one.
  at::Tensor Project(const std::string& name, const at::Tensor& x) const {
    const at::Tensor y = at::matmul(x, P(name + ".weight").t());
    return layout_.Find(name + ".bias") != nullptr ? y + P(name + ".bias") : y;
  }

  at::Tensor Attention(const std::string& name, const at::Tensor& x) const {
    const at::Tensor q = Heads(Project(name + "q_proj", x), config_.heads, name + "q_norm.weight", true);
    at::Tensor k = Heads(Project(name + "k_proj", x), config_.kv_heads, name + "k_norm.weight", true);
    at::Tensor v = Heads(Project(name + "v_proj", x), config_.kv_heads, "", false);
    k = k.repeat_interleave(config_.heads / config_.kv_heads, 0);
    v = v.repeat_interleave(config_.heads / config_.kv_heads, 0);
    at::Tensor scores = at::matmul(q, k.transpose(1, 2)) / std::sqrt(static_cast<double>(config_.head_dim));
    const at::Tensor future = at::ones({x.size(0), x.size(0)}, at::kBool).triu(1);
    scores = scores.masked_fill(future, -std::numeric_limits<double>::infinity());
    const at::Tensor out = at::matmul(scores.softmax(-1), v).transpose(0, 1).reshape({x.size(0), -1});
    return Project(name + "o_proj", out);
  }

  at::Tensor FeedForward(const std::string& name, const at::Tensor& x) const {
    const at::Tensor gate = Project(name + "gate_proj", x);
    return Project(name + "down_proj", gate * gate.sigmoid() * Project(name + "up_proj", x));
  }

  const ModelConfig& config_;
  SlabLayout layout_;
  std::vector<at::Tensor> parameters_;
};

}  // namespace

ReferenceResult RunReference(const ModelConfig& config, const Slab& weights, const PackedBatch& batch,
                             const std::vector<double>& coefficients) {
  at::set_num_threads(1);  // its idle threads spin, which costs more than they give
  const Reference reference(config, weights);
  ReferenceResult result;
  at::Tensor loss = at::zeros({}, at::kDouble);
  for (int s = 0; s < batch.sequences(); ++s) {
    std::vector<int64_t> tokens(batch.tokens.begin() + batch.starts[s],
                                batch.tokens.begin() + batch.starts[s + 1]);
    const at::Tensor logits =
        reference.Logits(at::tensor(tokens)) / static_cast<double>(batch.temperatures[s]);
    const at::Tensor logprobs = logits.log_softmax(-1);
    const at::Tensor entropies = -(logprobs.exp() * logprobs).sum(-1);
    for (int row = batch.starts[s]; row < batch.starts[s + 1]; ++row) {
      if (batch.targets[row] == PackedBatch::kNoTarget) continue;
      const at::Tensor logprob = logprobs[row - batch.starts[s]][batch.targets[row]];
      loss = loss + logprob * coefficients[result.logprobs.size()];
      result.logprobs.push_back(logprob.item<double>());
      result.entropies.push_back(entropies[row - batch.starts[s]].item<double>());
    }
  }
  loss.backward();
  result.gradient = reference.Gradient();
  return result;
}

}  // namespace rubato
