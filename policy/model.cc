#include "policy/model.h"

#include <algorithm>

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

// Output `output` of a packed matrix as a contiguous row.
void UnpackRow(const PackedMatrix& matrix, int64_t output, float* row) {
  const float* column =
      matrix.panel(static_cast<int>(output / PackedMatrix::kPanel)) + output % PackedMatrix::kPanel;
  for (int k = 0; k < matrix.inputs(); ++k) row[k] = column[static_cast<int64_t>(k) * PackedMatrix::kPanel];
}

struct FromSlab {
  const float* slab;

  void Rows(const SlabTensor* tensor, int first, PackedMatrix& matrix) {
    matrix.Pack(slab + tensor->offset, first, static_cast<int>(tensor->shape[0]));
  }
  void Part(const SlabTensor* tensor, int first, std::vector<float>& values) {
    if (tensor == nullptr) return;
    values.resize(std::max(values.size(), static_cast<size_t>(first + tensor->size)));
    std::copy_n(slab + tensor->offset, tensor->size, values.begin() + first);
  }
};

struct ToSlab {
  float* slab;

  void Rows(const SlabTensor* tensor, int first, const PackedMatrix& matrix) {
    for (int64_t row = 0; row < tensor->shape[0]; ++row) {
      UnpackRow(matrix, first + row, slab + tensor->offset + row * tensor->shape[1]);
    }
  }
  void Part(const SlabTensor* tensor, int first, const std::vector<float>& values) {
    if (tensor != nullptr) std::copy_n(values.begin() + first, tensor->size, slab + tensor->offset);
  }
};

std::vector<ModelLayer> MakeLayers(const ModelConfig& config) {
  std::vector<ModelLayer> layers(static_cast<size_t>(config.layers));
  for (ModelLayer& layer : layers) {
    layer.qkv = PackedMatrix(config.query_width() + 2 * config.kv_width(), config.hidden);
    layer.o = PackedMatrix(config.hidden, config.query_width());
    layer.gate_up = PackedMatrix(2 * config.ffn, config.hidden);
    layer.down = PackedMatrix(config.hidden, config.ffn);
  }
  return layers;
}

}  // namespace

Model::Model(const ModelConfig& config)
    : config_(config),
      layout_(config),
      embedding_(config.tied_embeddings ? PackedMatrix() : PackedMatrix(config.vocab, config.hidden)),
      layers_(MakeLayers(config)),
      head_(config.vocab, config.hidden),
      rope_(config.rope.theta, config.head_dim, config.max_positions) {
  Repack(Slab(layout_.size()));
}

void Model::Repack(const Slab& slab) {
  Visit(config_, TensorRoles(config_, layout_), layers_, final_norm_, head_, embedding_,
        FromSlab{slab.data()});
}

Slab Model::Unpack() const {
  Slab slab(layout_.size());
  Visit(config_, TensorRoles(config_, layout_), layers_, final_norm_, head_, embedding_, ToSlab{slab.data()});
  return slab;
}

void Model::Embed(int32_t token, float* out) const { UnpackRow(embedding(), token, out); }

}  // namespace rubato
