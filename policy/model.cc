#include "policy/model.h"

#include <algorithm>
#include <utility>

#include "policy/tensor_roles.h"

namespace rubato {

namespace {

// Walks over every tensor of a model together with the place that holds its copy.  Repack and Unpack are the
// same walk in two directions, so neither can forget a tensor that the other knows.
template <typename Layers, typename Vector, typename Matrix, typename Visitor>
void Visit(const ModelConfig& config, const TensorRoles& roles, Layers& layers, Vector& final_norm,
           Matrix& head, Matrix& embedding, Visitor visitor) {
  for (size_t i = 0; i < roles.layers.size(); ++i) {
    const LayerTensors& tensors = roles.layers[i];
    auto& layer = layers[i];
    visitor.Rows(tensors.q, 0, layer.qkv);
    visitor.Rows(tensors.k, config.query_width(), layer.qkv);
    visitor.Rows(tensors.v, config.query_width() + config.kv_width(), layer.qkv);
    visitor.Part(tensors.q_bias, 0, layer.qkv_bias);
    visitor.Part(tensors.k_bias, config.query_width(), layer.qkv_bias);
    visitor.Part(tensors.v_bias, config.query_width() + config.kv_width(), layer.qkv_bias);
    visitor.Part(tensors.q_norm, 0, layer.q_norm);
    visitor.Part(tensors.k_norm, 0, layer.k_norm);
    visitor.Part(tensors.input_norm, 0, layer.input_norm);
    visitor.Rows(tensors.o, 0, layer.o);
    visitor.Part(tensors.o_bias, 0, layer.o_bias);
    visitor.Part(tensors.post_norm, 0, layer.post_norm);
    visitor.Rows(tensors.gate, 0, layer.gate_up);
    visitor.Rows(tensors.up, config.ffn, layer.gate_up);
    visitor.Part(tensors.gate_bias, 0, layer.gate_up_bias);
    visitor.Part(tensors.up_bias, config.ffn, layer.gate_up_bias);
    visitor.Rows(tensors.down, 0, layer.down);
    visitor.Part(tensors.down_bias, 0, layer.down_bias);
  }
  visitor.Part(roles.final_norm, 0, final_norm);
  visitor.Rows(roles.head, 0, head);
  if (!config.tied_embeddings) visitor.Rows(roles.embedding, 0, embedding);
}

struct FromSlab {
  const float* slab;
  ThreadPool* pool;

  void Rows(const SlabTensor* tensor, int first, PackedMatrix& matrix) {
    matrix.Pack(slab + tensor->offset, first, static_cast<int>(tensor->shape[0]), pool);
  }
  void Part(const SlabTensor* tensor, int first, std::vector<float>& values) {
    if (tensor != nullptr) std::copy_n(slab + tensor->offset, tensor->size, values.begin() + first);
  }
};

struct ToSlab {
  float* slab;
  ThreadPool* pool;

  void Rows(const SlabTensor* tensor, int first, const PackedMatrix& matrix) {
    matrix.Unpack(first, static_cast<int>(tensor->shape[0]), slab + tensor->offset, pool);
  }
  void Part(const SlabTensor* tensor, int first, const std::vector<float>& values) {
    if (tensor != nullptr) std::copy_n(values.begin() + first, tensor->size, slab + tensor->offset);
  }
};

std::vector<float> Zeros(bool present, int size) {
  return std::vector<float>(static_cast<size_t>(present ? size : 0));
}

std::vector<ModelLayer> MakeLayers(const ModelConfig& config) {
  std::vector<ModelLayer> layers(static_cast<size_t>(config.layers));
  for (ModelLayer& layer : layers) {
    const int qkv_width = config.query_width() + 2 * config.kv_width();
    layer.input_norm = Zeros(true, config.hidden);
    layer.qkv = PackedMatrix(qkv_width, config.hidden);
    layer.qkv_bias = Zeros(config.qkv_bias, qkv_width);
    layer.q_norm = Zeros(config.qk_norm, config.head_dim);
    layer.k_norm = Zeros(config.qk_norm, config.head_dim);
    layer.o = PackedMatrix(config.hidden, config.query_width());
    layer.o_bias = Zeros(config.o_bias, config.hidden);
    layer.post_norm = Zeros(true, config.hidden);
    layer.gate_up = PackedMatrix(2 * config.ffn, config.hidden);
    layer.gate_up_bias = Zeros(config.mlp_bias, 2 * config.ffn);
    layer.down = PackedMatrix(config.hidden, config.ffn);
    layer.down_bias = Zeros(config.mlp_bias, config.hidden);
  }
  return layers;
}

RopeTable MakeRope(const ModelConfig& config) {
  RopeFrequencies frequencies = ComputeRopeFrequencies(config.rope, config.head_dim);
  return RopeTable(std::move(frequencies.angles), frequencies.scale, config.max_positions);
}

}  // namespace

Model::Model(const ModelConfig& config)
    : config_(config),
      layout_(config),
      embedding_(config.tied_embeddings ? PackedMatrix() : PackedMatrix(config.vocab, config.hidden)),
      layers_(MakeLayers(config)),
      final_norm_(Zeros(true, config.hidden)),
      head_(config.vocab, config.hidden),
      rope_(MakeRope(config)) {}

void Model::Repack(const Slab& slab, ThreadPool* pool) {
  Visit(config_, TensorRoles(config_, layout_), layers_, final_norm_, head_, embedding_,
        FromSlab{slab.data(), pool});
}

Slab Model::Unpack(ThreadPool* pool) const {
  Slab slab(layout_.size());
  Visit(config_, TensorRoles(config_, layout_), layers_, final_norm_, head_, embedding_,
        ToSlab{slab.data(), pool});
  return slab;
}

void Model::Embed(int32_t token, float* out) const { embedding().Unpack(token, 1, out); }

}  // namespace rubato
