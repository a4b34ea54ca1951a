#include "learner/attention_pass.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/add.h"
#include "kernels/attention_backward.h"
#include "kernels/linear.h"
#include "kernels/rms_norm.h"
#include "learner/linear_backward.h"

namespace rubato {
namespace {

AttentionShape ShapeOf(const ModelConfig& config) {
  AttentionShape shape;
  shape.heads = config.heads;
  shape.kv = {config.kv_heads, config.head_dim};
  shape.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(config.head_dim)));
  return shape;
}

// Calls visit(row, position) for every row of every sequence.
template <typename Visit>
void ForEachRow(const PackedBatch& batch, const Visit& visit) {
  for (int s = 0; s < batch.sequences(); ++s) {
    for (int row = batch.starts[s]; row < batch.starts[s + 1]; ++row) visit(row, row - batch.starts[s]);
  }
}

int64_t TilesOf(const PackedBatch& batch, int sequence) {
  return (batch.starts[sequence + 1] - batch.starts[sequence] + kKeysPerTile - 1) / kKeysPerTile;
}

// Lays one tile after another into scratch->tiles and lists them in scratch->pages.
void PlanTiles(const PackedBatch& batch, int64_t tile_floats, AttentionScratch* scratch) {
  int64_t tiles = 0;
  for (int s = 0; s < batch.sequences(); ++s) tiles += TilesOf(batch, s);
  float* memory = scratch->tiles.Reserve(tiles * tile_floats);
  scratch->pages.resize(tiles);
  for (int64_t i = 0; i < tiles; ++i) scratch->pages[i] = memory + i * tile_floats;
}

}  // namespace

AttentionPass::AttentionPass(const TrainingWeights* weights, int layer)
    : weights_(*weights),
      layer_(weights->model().layers()[layer]),
      tensors_(weights->roles().layers[layer]),
      shape_(ShapeOf(weights->config())),
      hidden_(weights->config().hidden),
      query_(weights->config().query_width()),
      kv_(weights->config().kv_width()),
      qkv_(query_ + 2 * kv_) {}

void AttentionPass::Forward(const PackedBatch& batch, float* x, AttentionScratch* scratch) {
  const int64_t rows = batch.rows();
  std::copy_n(x, rows * hidden_, input_.Reserve(rows * hidden_));
  RmsNorm(x, hidden_, weights_.at(tensors_.input_norm), weights_.config().rms_norm_eps, rows, hidden_,
          normed_.Reserve(rows * hidden_), hidden_);

  LinearArgs linear;
  linear.x = normed_.data();
  linear.rows = rows;
  linear.x_stride = hidden_;
  linear.bias = BiasOrNull(layer_.qkv_bias);
  linear.y = projected_.Reserve(rows * qkv_);
  linear.y_stride = qkv_;
  Linear(linear, layer_.qkv);

  NormAndRotate(batch);
  Attend(batch, scratch);
  LinearArgs output;
  output.x = attended_.data();
  output.rows = static_cast<int>(rows);
  output.x_stride = query_;
  output.bias = BiasOrNull(layer_.o_bias);
  output.y = scratch->output.Reserve(rows * hidden_);
  output.y_stride = hidden_;
  Linear(output, layer_.o);
  AddTo(output.y, rows * hidden_, x);
}

void AttentionPass::NormAndRotate(const PackedBatch& batch) {
  const ModelConfig& config = weights_.config();
  const int64_t rows = batch.rows();
  float* rotated = rotated_.Reserve(rows * qkv_);
  // v goes on as it is; so do q and k where the model does not normalise them.
  const int kept = config.qk_norm ? query_ + kv_ : 0;
  for (int64_t row = 0; row < rows; ++row) {
    std::copy_n(projected_.data() + row * qkv_ + kept, qkv_ - kept, rotated + row * qkv_ + kept);
  }
  for (int head = 0; config.qk_norm && head < config.heads + config.kv_heads; ++head) {
    const SlabTensor* norm = head < config.heads ? tensors_.q_norm : tensors_.k_norm;
    const int column = head * config.head_dim;
    RmsNorm(projected_.data() + column, qkv_, weights_.at(norm), config.rms_norm_eps, rows, config.head_dim,
            rotated + column, qkv_);
  }
  ForEachRow(batch, [&](int64_t row, int position) {
    ApplyRope(weights_.model().rope(), position, config.heads + config.kv_heads, rotated + row * qkv_);
  });
}

void AttentionPass::Attend(const PackedBatch& batch, AttentionScratch* scratch) {
  const int64_t rows = batch.rows();
  float* attended = attended_.Reserve(rows * query_);
  float* lse = lse_.Reserve(rows * shape_.heads);
  PlanTiles(batch, shape_.kv.TileFloats(), scratch);
  scratch->rows.resize(rows);

  int64_t first_tile = 0;
  for (int s = 0; s < batch.sequences(); ++s) {
    float* const* tiles = scratch->pages.data() + first_tile;
    for (int64_t row = batch.starts[s]; row < batch.starts[s + 1]; ++row) {
      const int position = static_cast<int>(row - batch.starts[s]);
      const float* query = rotated_.data() + row * qkv_;
      WriteKv(shape_.kv, query + query_, query + query_ + kv_, position % kKeysPerTile,
              tiles[position / kKeysPerTile]);
      scratch->rows[row] = {.pages = tiles,
                            .page_offset = 0,
                            .position = position,
                            .q = query,
                            .out = attended + row * query_,
                            .lse = lse + row * shape_.heads,
                            .stats = nullptr};
    }
    first_tile += TilesOf(batch, s);
  }
  Attention(shape_, scratch->rows);
}

void AttentionPass::Backward(const PackedBatch& batch, float* dx, AttentionScratch* scratch,
                             float* gradient) {
  const int64_t rows = batch.rows();
  LinearBackwardArgs o;
  o.rows = rows;
  o.outputs = hidden_;
  o.inputs = query_;
  o.dy = dx;
  o.dy_stride = hidden_;
  o.x = attended_.data();
  o.x_stride = query_;
  o.w = weights_.at(tensors_.o);
  o.dx = scratch->d_attended.Reserve(rows * query_);
  o.dw = gradient + tensors_.o->offset;
  o.dbias = AtOrNull(gradient, tensors_.o_bias);
  LinearBackward(o);

  AttendBackward(batch, scratch);
  const float* d_projected = NormAndRotateBackward(batch, scratch, gradient);
  float* d_normed = scratch->d_normed.Reserve(rows * hidden_);
  ProjectBackward(rows, d_projected, d_normed, gradient);
  RmsNormBackward(input_.data(), hidden_, weights_.at(tensors_.input_norm), weights_.config().rms_norm_eps,
                  d_normed, hidden_, rows, hidden_, dx, hidden_, gradient + tensors_.input_norm->offset);
}

void AttentionPass::AttendBackward(const PackedBatch& batch, AttentionScratch* scratch) {
  float* d_rotated = scratch->d_rotated.Reserve(static_cast<int64_t>(batch.rows()) * qkv_);
  for (int s = 0; s < batch.sequences(); ++s) {
    const int64_t first = batch.starts[s];
    AttentionBackwardArgs args;
    args.tokens = batch.starts[s + 1] - batch.starts[s];
    args.q = rotated_.data() + first * qkv_;
    args.q_stride = qkv_;
    args.k = args.q + query_;
    args.v = args.k + kv_;
    args.kv_stride = qkv_;
    args.out = attended_.data() + first * query_;
    args.dout = scratch->d_attended.data() + first * query_;
    args.out_stride = query_;
    args.lse = lse_.data() + first * shape_.heads;
    args.dq = d_rotated + first * qkv_;
    args.dq_stride = qkv_;
    args.dk = args.dq + query_;
    args.dv = args.dk + kv_;
    args.dkv_stride = qkv_;
    AttentionBackward(shape_, args);
  }
}

const float* AttentionPass::NormAndRotateBackward(const PackedBatch& batch, AttentionScratch* scratch,
                                                  float* gradient) {
  const ModelConfig& config = weights_.config();
  const int64_t rows = batch.rows();
  const int heads = config.heads + config.kv_heads;
  float* d_rotated = scratch->d_rotated.data();
  ForEachRow(batch, [&](int64_t row, int position) {
    ApplyRopeBackward(weights_.model().rope(), position, heads, d_rotated + row * qkv_);
  });
  if (!config.qk_norm) return d_rotated;

  float* d_projected = scratch->d_projected.Reserve(rows * qkv_);
  for (int64_t row = 0; row < rows; ++row) {
    float* end = std::fill_n(d_projected + row * qkv_, query_ + kv_, 0.0f);
    std::copy_n(d_rotated + row * qkv_ + query_ + kv_, kv_, end);
  }
  for (int head = 0; head < heads; ++head) {
    const SlabTensor* norm = head < config.heads ? tensors_.q_norm : tensors_.k_norm;
    const int column = head * config.head_dim;
    RmsNormBackward(projected_.data() + column, qkv_, weights_.at(norm), config.rms_norm_eps,
                    d_rotated + column, qkv_, rows, config.head_dim, d_projected + column, qkv_,
                    gradient + norm->offset);
  }
  return d_projected;
}

void AttentionPass::ProjectBackward(int rows, const float* d_projected, float* d_normed, float* gradient) {
  struct Part {
    const SlabTensor* matrix;
    const SlabTensor* bias;
    int column, width;
  };
  const Part parts[] = {{tensors_.q, tensors_.q_bias, 0, query_},
                        {tensors_.k, tensors_.k_bias, query_, kv_},
                        {tensors_.v, tensors_.v_bias, query_ + kv_, kv_}};
  for (const Part& part : parts) {
    LinearBackwardArgs args;
    args.rows = rows;
    args.outputs = part.width;
    args.inputs = hidden_;
    args.dy = d_projected + part.column;
    args.dy_stride = qkv_;
    args.x = normed_.data();
    args.x_stride = hidden_;
    args.w = weights_.at(part.matrix);
    args.dx = d_normed;
    args.add_to_dx = part.column > 0;
    args.dw = gradient + part.matrix->offset;
    args.dbias = AtOrNull(gradient, part.bias);
    LinearBackward(args);
  }
}

}  // namespace rubato
