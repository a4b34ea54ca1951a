#include "learner/training_weights.h"

#include <algorithm>

namespace rubato {

TrainingWeights::TrainingWeights(const ModelConfig& config)
    : config_(config),
      layout_(config),
      roles_(config, layout_),
      rope_(config.rope_theta, config.head_dim, config.max_positions),
      layers_(config.layers),
      head_(config.vocab, config.hidden) {
  const int qkv_width = config.query_width() + 2 * config.kv_width();
  for (Layer& layer : layers_) {
    layer.qkv = PackedMatrix(qkv_width, config.hidden);
    layer.qkv_bias.resize(config.qkv_bias ? qkv_width : 0);
    layer.o = PackedMatrix(config.hidden, config.query_width());
    layer.gate_up = PackedMatrix(2 * config.ffn, config.hidden);
    layer.down = PackedMatrix(config.hidden, config.ffn);
  }
}

void TrainingWeights::Take(const Slab* slab) {
  slab_ = slab;
  const int query = config_.query_width();
  const int kv = config_.kv_width();
  for (int i = 0; i < config_.layers; ++i) {
    const LayerTensors& tensors = roles_.layers[i];
    Layer& layer = layers_[i];
    layer.qkv.Pack(at(tensors.q), 0, query);
    layer.qkv.Pack(at(tensors.k), query, kv);
    layer.qkv.Pack(at(tensors.v), query + kv, kv);
    layer.o.Pack(at(tensors.o));
    layer.gate_up.Pack(at(tensors.gate), 0, config_.ffn);
    layer.gate_up.Pack(at(tensors.up), config_.ffn, config_.ffn);
    layer.down.Pack(at(tensors.down));
    if (config_.qkv_bias) {
      float* end = std::copy_n(at(tensors.q_bias), query, layer.qkv_bias.data());
      end = std::copy_n(at(tensors.k_bias), kv, end);
      std::copy_n(at(tensors.v_bias), kv, end);
    }
  }
  head_.Pack(at(roles_.head));
}

}  // namespace rubato
