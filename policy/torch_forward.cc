#include "policy/torch_forward.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "policy/slab_layout.h"
#include "policy/tensor_roles.h"
#include "policy/torch_attention.h"

namespace rubato {

namespace {

// One layer; tensors that read the same input are one matrix.  Undefined: the model has none.
struct Layer {
  at::Tensor input_norm;
  at::Tensor qkv, qkv_bias;
  at::Tensor q_norm, k_norm;
  at::Tensor o, o_bias;
  at::Tensor post_norm;
  at::Tensor gate_up, gate_up_bias;
  at::Tensor down, down_bias;
};

// Copies tensors out of a slab.
struct Loader {
  const Slab& slab;
  at::TensorOptions to;

  at::Tensor operator()(const SlabTensor* tensor) const {
    if (tensor == nullptr) return {};
    // from_blob wants to be able to write; nobody does.
    float* values = const_cast<float*>(slab.data()) + tensor->offset;
    return at::from_blob(values, tensor->shape, at::kFloat).to(to, /*non_blocking=*/false, /*copy=*/true);
  }

  at::Tensor operator()(std::initializer_list<const SlabTensor*> tensors) const {
    if (*tensors.begin() == nullptr) return {};
    std::vector<at::Tensor> parts;
    for (const SlabTensor* tensor : tensors) parts.push_back((*this)(tensor));
    return at::cat(parts);
  }
};

Layer LoadLayer(const LayerTensors& t, const Loader& load) {
  return {.input_norm = load(t.input_norm),
          .qkv = load({t.q, t.k, t.v}),
          .qkv_bias = load({t.q_bias, t.k_bias, t.v_bias}),
          .q_norm = load(t.q_norm),
          .k_norm = load(t.k_norm),
          .o = load(t.o),
          .o_bias = load(t.o_bias),
          .post_norm = load(t.post_norm),
          .gate_up = load({t.gate, t.up}),
          .gate_up_bias = load({t.gate_bias, t.up_bias}),
          .down = load(t.down),
          .down_bias = load(t.down_bias)};
}

at::TensorOptions OptionsOf(const TorchOptions& options) {
  return at::TensorOptions()
      .dtype(options.type == TorchType::kBf16 ? at::kBFloat16 : at::kFloat)
      .device(options.device == TorchDevice::kCuda ? at::kCUDA : at::kCPU);
}

at::Tensor Multiply(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::linear(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
}

// Over the last dimension.
at::Tensor Norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true).add_(eps));
  return weight * (wide * scale).to(x.scalar_type());
}

// Cosines and sines by row, [rows, 1, head_dim / 2].
struct Rotation {
  at::Tensor cos, sin;

  // x [rows, heads, head_dim]: element i of the first half turns with element i of the second.
  at::Tensor operator()(const at::Tensor& x) const {
    const std::vector<at::Tensor> halves = x.chunk(2, -1);
    return at::cat({halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin}, -1);
  }
};

}  // namespace

struct TorchForward::Parts {
  ModelConfig config;
  at::TensorOptions options;
  at::Tensor embedding;
  std::vector<Layer> layers;
  at::Tensor final_norm;
  at::Tensor head;
  std::vector<double> angles;  // per position
  double rotation_scale = 1;
  at::Tensor cos, sin;  // [positions seen so far, 1, head_dim / 2]

  Parts(const ModelConfig& config, const Slab& weights, const TorchOptions& torch_options)
      : config(config), options(OptionsOf(torch_options)) {
    const SlabLayout layout(config);
    const TensorRoles roles(config, layout);
    const Loader load{weights, options};
    embedding = load(roles.embedding);
    for (const LayerTensors& tensors : roles.layers) layers.push_back(LoadLayer(tensors, load));
    final_norm = load(roles.final_norm);
    head = config.tied_embeddings ? embedding : load(roles.head);
    RopeFrequencies frequencies = ComputeRopeFrequencies(config.rope, config.head_dim);
    angles = std::move(frequencies.angles);
    rotation_scale = frequencies.scale;
  }

  // Angles are rounded to fp32 (docs/decisions/0008-rope-angles-are-fp32.md); their cosines and sines are
  // made in fp64 and rounded once to the type of the weights.
  void ReachPosition(int64_t positions) {
    if (cos.defined() && cos.size(0) >= positions) return;
    const at::Tensor frequency = at::tensor(angles).to(at::kFloat);
    const at::Tensor angle =
        at::outer(at::arange(positions, at::kFloat), frequency).to(at::kDouble).unsqueeze(1);
    cos = (angle.cos() * rotation_scale).to(options);
    sin = (angle.sin() * rotation_scale).to(options);
  }

  Rotation RotationOf(std::span<const int64_t> starts) {
    std::vector<at::Tensor> cosines, sines;
    for (size_t i = 0; i + 1 < starts.size(); ++i) {
      const int64_t length = starts[i + 1] - starts[i];
      ReachPosition(length);
      cosines.push_back(cos.narrow(0, 0, length));
      sines.push_back(sin.narrow(0, 0, length));
    }
    return {at::cat(cosines), at::cat(sines)};
  }

  at::Tensor Attention(const Layer& layer, const at::Tensor& x, const Rotation& rotate,
                       std::span<const int64_t> starts) const {
    const at::Tensor heads = Multiply(x, layer.qkv, layer.qkv_bias).unflatten(1, {-1, config.head_dim});
    at::Tensor q = heads.narrow(1, 0, config.heads);
    at::Tensor k = heads.narrow(1, config.heads, config.kv_heads);
    const at::Tensor v = heads.narrow(1, config.heads + config.kv_heads, config.kv_heads);
    if (config.qk_norm) {
      q = Norm(q, layer.q_norm, config.rms_norm_eps);
      k = Norm(k, layer.k_norm, config.rms_norm_eps);
    }
    return Multiply(PackedAttention(rotate(q), rotate(k), v, starts), layer.o, layer.o_bias);
  }

  static at::Tensor FeedForward(const Layer& layer, const at::Tensor& x) {
    const std::vector<at::Tensor> halves = Multiply(x, layer.gate_up, layer.gate_up_bias).chunk(2, -1);
    return Multiply(at::silu(halves[0]).mul_(halves[1]), layer.down, layer.down_bias);
  }
};

TorchForward::TorchForward(const ModelConfig& config, const Slab& weights, const TorchOptions& options)
    : parts_(std::make_unique<Parts>(config, weights, options)) {}

TorchForward::~TorchForward() = default;

at::Tensor TorchForward::Run(std::span<const int32_t> tokens, std::span<const int64_t> starts) {
  const double eps = parts_->config.rms_norm_eps;
  const Rotation rotate = parts_->RotationOf(starts);
  const at::Tensor ids = at::tensor(at::ArrayRef<int32_t>(tokens.data(), tokens.size()));
  at::Tensor x = at::embedding(parts_->embedding, ids.to(parts_->options.device()));
  for (const Layer& layer : parts_->layers) {
    x += parts_->Attention(layer, Norm(x, layer.input_norm, eps), rotate, starts);
    x += Parts::FeedForward(layer, Norm(x, layer.post_norm, eps));
  }
  return Norm(x, parts_->final_norm, eps);
}

const at::Tensor& TorchForward::head() const { return parts_->head; }

}  // namespace rubato
