#include "tests/integration/dense_model.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace rubato::dense {
namespace {

using Vector = std::vector<double>;
using Rows = std::vector<Vector>;  // one vector per position

// The tensors of one layer, or of the whole model, by the end of their name.
class Tensors {
 public:
  Tensors(const ModelDirectory& model, std::string prefix) : model_(model), prefix_(std::move(prefix)) {}

  Vector operator[](const std::string& name) const {
    const SlabTensor* tensor = model_.layout.Find(prefix_ + name + ".weight");
    const float* begin = model_.weights.data() + tensor->offset;
    return Vector(begin, begin + tensor->size);
  }

 private:
  const ModelDirectory& model_;
  const std::string prefix_;
};

double Dot(const double* a, const double* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// `matrix` is [outputs][inputs].
Vector Times(const Vector& matrix, const Vector& x) {
  Vector y;
  for (size_t at = 0; at < matrix.size(); at += x.size()) y.push_back(Dot(&matrix[at], x.data(), x.size()));
  return y;
}

Vector RmsNorm(const Vector& x, const Vector& weight, double epsilon) {
  const double mean_square = Dot(x.data(), x.data(), x.size()) / static_cast<double>(x.size());
  Vector y;
  for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] / std::sqrt(mean_square + epsilon) * weight[i]);
  return y;
}

// Turns the plane of elements i and i + half by position * theta^(-i / half).
Vector Rotate(const Vector& x, size_t position, double theta) {
  const size_t half = x.size() / 2;
  Vector y(x.size());
  for (size_t i = 0; i < half; ++i) {
    const double frequency = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half));
    const double angle = static_cast<double>(position) * frequency;
    y[i] = x[i] * std::cos(angle) - x[i + half] * std::sin(angle);
    y[i + half] = x[i + half] * std::cos(angle) + x[i] * std::sin(angle);
  }
  return y;
}

Vector LogSoftmax(const Vector& scores) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  Vector logs;
  for (const double score : scores) logs.push_back(score - most - std::log(sum));
  return logs;
}

void AddTo(Vector* x, const Vector& y) {
  for (size_t i = 0; i < y.size(); ++i) (*x)[i] += y[i];
}

Vector Slice(const Vector& x, int index, int size) {
  return Vector(x.begin() + index * size, x.begin() + (index + 1) * size);
}

// The row of one query over the keys at and before it.
Vector AttentionRow(const Vector& query, const Rows& keys, size_t position) {
  const double scale = 1 / std::sqrt(static_cast<double>(query.size()));
  Vector scores;
  for (size_t s = 0; s <= position; ++s)
    scores.push_back(scale * Dot(query.data(), keys[s].data(), query.size()));
  Vector row = LogSoftmax(scores);
  for (double& value : row) value = std::exp(value);
  return row;
}

// One layer of attention over all positions: adds to the residual stream `x` and gives one map per head.
std::vector<Map> Attend(const ModelConfig& c, const Tensors& layer, Rows* x) {
  const Vector q_matrix = layer["self_attn.q_proj"], k_matrix = layer["self_attn.k_proj"],
               v_matrix = layer["self_attn.v_proj"], o_matrix = layer["self_attn.o_proj"];
  const Vector q_norm = layer["self_attn.q_norm"], k_norm = layer["self_attn.k_norm"];
  Rows queries;
  std::vector<Rows> keys(c.kv_heads), values(c.kv_heads);
  for (size_t t = 0; t < x->size(); ++t) {
    const Vector h = RmsNorm((*x)[t], layer["input_layernorm"], c.rms_norm_eps);
    queries.push_back(Times(q_matrix, h));
    const Vector k = Times(k_matrix, h), v = Times(v_matrix, h);
    for (int head = 0; head < c.kv_heads; ++head) {
      const Vector normed = RmsNorm(Slice(k, head, c.head_dim), k_norm, c.rms_norm_eps);
      keys[head].push_back(Rotate(normed, t, c.rope.theta));
      values[head].push_back(Slice(v, head, c.head_dim));
    }
  }
  std::vector<Map> maps(c.heads);
  for (size_t t = 0; t < x->size(); ++t) {
    Vector mixed;
    for (int head = 0; head < c.heads; ++head) {
      const int kv_head = head / (c.heads / c.kv_heads);
      const Vector normed = RmsNorm(Slice(queries[t], head, c.head_dim), q_norm, c.rms_norm_eps);
      maps[head].push_back(AttentionRow(Rotate(normed, t, c.rope.theta), keys[kv_head], t));
      for (int i = 0; i < c.head_dim; ++i) {
        double sum = 0;
        for (size_t s = 0; s <= t; ++s) sum += maps[head][t][s] * values[kv_head][s][i];
        mixed.push_back(sum);
      }
    }
    AddTo(&(*x)[t], Times(o_matrix, mixed));
  }
  return maps;
}

// SwiGLU: down(silu(gate(h)) * up(h)).
void FeedForward(const ModelConfig& c, const Tensors& layer, Rows* x) {
  const Vector gate_matrix = layer["mlp.gate_proj"], up_matrix = layer["mlp.up_proj"],
               down_matrix = layer["mlp.down_proj"], norm = layer["post_attention_layernorm"];
  for (Vector& row : *x) {
    const Vector h = RmsNorm(row, norm, c.rms_norm_eps);
    const Vector gate = Times(gate_matrix, h);
    Vector inner = Times(up_matrix, h);
    for (size_t i = 0; i < inner.size(); ++i) inner[i] *= gate[i] / (1 + std::exp(-gate[i]));
    AddTo(&row, Times(down_matrix, inner));
  }
}

}  // namespace

Pass Forward(const ModelDirectory& model, std::span<const int32_t> ids, double temperature) {
  const ModelConfig& c = model.config;
  const Tensors whole(model, "model.");
  const Vector embedding = whole["embed_tokens"], norm = whole["norm"];
  Rows x;
  for (const int32_t id : ids) x.push_back(Slice(embedding, id, c.hidden));
  Pass pass;
  for (int layer = 0; layer < c.layers; ++layer) {
    const Tensors tensors(model, "model.layers." + std::to_string(layer) + ".");
    pass.attention.push_back(Attend(c, tensors, &x));
    FeedForward(c, tensors, &x);
  }
  for (const Vector& row : x) {
    Vector logits = Times(embedding, RmsNorm(row, norm, c.rms_norm_eps));
    for (double& logit : logits) logit /= temperature;
    pass.logprobs.push_back(LogSoftmax(logits));
  }
  return pass;
}

}  // namespace rubato::dense
