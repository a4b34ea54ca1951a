#include "policy/decoder.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/add.h"
#include "kernels/attention.h"
#include "kernels/linear.h"
#include "kernels/logits_chunk.h"
#include "kernels/rms_norm.h"
#include "kernels/swiglu.h"
#include "policy/slab.h"

namespace rubato {

namespace {

// Rows per task where every row is on its own.
constexpr int kRowGrain = 16;

// The three stages of a layer, in order; a row leaves the call after one of them.
enum Stage { kKeysAndValues, kAttention, kRest };
int StageNumber(int layer, Stage stage) { return 3 * layer + stage; }

// Stages that a row runs.  The head counts as the first stage of one more layer.
int StageCount(const TokenRow& row, int layers) {
  switch (row.until) {
    case TokenRow::Until::kLogits:
      return StageNumber(layers, kKeysAndValues) + 1;
    case TokenRow::Until::kKeysAndValues:
      return StageNumber(layers - 1, kKeysAndValues) + 1;
    case TokenRow::Until::kLastSampled:
      return StageNumber(row.capture->last_layer(), kAttention) + 1;
  }
  return 0;
}

// Rows of floats that keep their memory from call to call.
class Buffer {
 public:
  float* Reserve(int64_t rows, int width) {
    width_ = width;
    if (memory_.size() < rows * width) memory_ = Slab(rows * width);
    return data();
  }
  float* data() { return memory_.data(); }
  float* row(int64_t index) { return memory_.data() + index * width_; }
  int width() const { return width_; }

 private:
  Slab memory_;
  int width_ = 0;
};

}  // namespace

// Rows here are in the order of the call's stages: those that run longest first, so that the rows of every
// stage are the first few.
struct Decoder::Workspace {
  struct Row {
    TokenRow token;
    int position = 0;
    int stages = 0;
    size_t index = 0;  // in the call
  };

  std::vector<Row> rows;
  std::vector<AttentionRow> attention_rows;
  std::vector<int64_t> logits_row;           // by index in the call; -1: none
  int64_t logits_rows = 0;                   // of the call
  int64_t logits_begin = 0, logits_end = 0;  // those that `logits` holds
  Buffer x;                                  // residual stream
  Buffer normed;
  Buffer qkv;
  Buffer attention;
  Buffer gate_up;
  Buffer activated;
  Buffer delta;  // what is added to the residual stream
  Buffer logits;

  int RowsThatRun(int stage) const {
    const auto end =
        std::partition_point(rows.begin(), rows.end(), [&](const Row& row) { return row.stages > stage; });
    return static_cast<int>(end - rows.begin());
  }

  void Reserve(const ModelConfig& config) {
    const int64_t count = static_cast<int64_t>(rows.size());
    x.Reserve(count, config.hidden);
    normed.Reserve(count, config.hidden);
    qkv.Reserve(count, config.query_width() + 2 * config.kv_width());
    attention.Reserve(count, config.query_width());
    gate_up.Reserve(count, 2 * config.ffn);
    activated.Reserve(count, config.ffn);
    delta.Reserve(count, config.hidden);
  }

  void Norm(const std::vector<float>& weight, float eps, int count) {
    RmsNorm(x.data(), x.width(), weight.data(), eps, count, x.width(), normed.data(), normed.width());
  }

  void AddDelta(int count) { AddTo(delta.data(), static_cast<size_t>(count) * x.width(), x.data()); }
};

namespace {

void Multiply(const float* x, int rows, const PackedMatrix& w, const std::vector<float>& bias, Buffer& y,
              ThreadPool* pool) {
  Linear({.x = x,
          .rows = rows,
          .x_stride = w.inputs(),
          .bias = bias.empty() ? nullptr : bias.data(),
          .y = y.data(),
          .y_stride = y.width()},
         w, pool);
}

}  // namespace

Decoder::Decoder(const Model* model, KvCache* cache, int threads)
    : model_(model),
      cache_(cache),
      pool_(threads > 1 ? std::make_unique<ThreadPool>(threads) : nullptr),
      work_(std::make_unique<Workspace>()) {}

Decoder::~Decoder() = default;

absl::Status Decoder::Forward(std::span<const TokenRow> rows) {
  if (rows.empty()) return absl::OkStatus();
  if (absl::Status status = Admit(rows); !status.ok()) return status;
  Order(rows);
  Workspace& work = *work_;
  work.Reserve(model_->config());
  for (size_t i = 0; i < work.rows.size(); ++i) {
    model_->Embed(work.rows[i].token.token, work.x.row(static_cast<int64_t>(i)));
  }
  const std::vector<ModelLayer>& layers = model_->layers();
  for (int i = 0; i < static_cast<int>(layers.size()); ++i) {
    ProjectKeysAndValues(layers[i], i, work.RowsThatRun(StageNumber(i, kKeysAndValues)));
    Attend(i, work.RowsThatRun(StageNumber(i, kAttention)));
    FeedForward(layers[i], work.RowsThatRun(StageNumber(i, kRest)));
  }
  work.logits_rows = work.RowsThatRun(StageNumber(static_cast<int>(layers.size()), kKeysAndValues));
  work.logits_begin = work.logits_end = 0;
  work.Norm(model_->final_norm(), model_->config().rms_norm_eps, static_cast<int>(work.logits_rows));
  return absl::OkStatus();
}

// Checks everything before it takes the first page, then gives every row its position.
absl::Status Decoder::Admit(std::span<const TokenRow> rows) {
  const ModelConfig& config = model_->config();
  int64_t pages = 0;
  for (size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    const KvSequence& sequence = *rows[begin].sequence;
    for (end = begin; end < rows.size() && rows[end].sequence == &sequence; ++end) {
      if (rows[end].token < 0 || rows[end].token >= config.vocab) {
        return absl::InvalidArgumentError(
            absl::StrCat("token id ", rows[end].token, " is outside the vocabulary of ", config.vocab));
      }
    }
    const int64_t tokens = static_cast<int64_t>(end - begin);
    if (sequence.length + tokens > config.max_positions) {
      return absl::InvalidArgumentError(absl::StrCat("a sequence of ", sequence.length + tokens,
                                                     " tokens is longer than the model's ",
                                                     config.max_positions, " positions"));
    }
    pages += KvCache::PagesToExtend(sequence, tokens);
  }
  if (pages > cache_->free_pages()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the KV cache has ", cache_->free_pages(), " pages free and ", pages, " are needed"));
  }
  work_->rows.clear();
  for (size_t i = 0; i < rows.size(); ++i) {
    work_->rows.push_back({.token = rows[i],
                           .position = static_cast<int>(rows[i].sequence->length),
                           .stages = StageCount(rows[i], config.layers),
                           .index = i});
    if (absl::Status status = cache_->Extend(rows[i].sequence, 1); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Decoder::Order(std::span<const TokenRow> rows) {
  Workspace& work = *work_;
  const auto longer = [](const Workspace::Row& a, const Workspace::Row& b) { return a.stages > b.stages; };
  if (!std::ranges::is_sorted(work.rows, longer)) std::ranges::stable_sort(work.rows, longer);
  work.logits_row.assign(rows.size(), -1);
  for (size_t i = 0; i < work.rows.size(); ++i) {
    if (work.rows[i].token.until == TokenRow::Until::kLogits) {
      work.logits_row[work.rows[i].index] = static_cast<int64_t>(i);
    }
  }
}

void Decoder::ProjectKeysAndValues(const ModelLayer& layer, int layer_index, int rows) {
  Workspace& work = *work_;
  const ModelConfig& config = model_->config();
  work.Norm(layer.input_norm, config.rms_norm_eps, rows);
  Multiply(work.normed.data(), rows, layer.qkv, layer.qkv_bias, work.qkv, pool_.get());
  const size_t layer_offset = cache_->LayerOffset(layer_index);
  ParallelFor(pool_.get(), rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Workspace::Row& row = work.rows[i];
      float* q = work.qkv.row(i);
      float* k = q + config.query_width();
      const float* v = k + config.kv_width();
      const int dim = config.head_dim;
      if (!layer.q_norm.empty()) {
        RmsNorm(q, dim, layer.q_norm.data(), config.rms_norm_eps, config.heads, dim, q, dim);
        RmsNorm(k, dim, layer.k_norm.data(), config.rms_norm_eps, config.kv_heads, dim, k, dim);
      }
      ApplyRope(model_->rope(), row.position, config.heads + config.kv_heads,
                q);  // keys stand behind the queries
      float* page = row.token.sequence->pages[row.position / KvCache::kPageTokens];
      WriteKv(cache_->tile(), k, v, row.position % KvCache::kPageTokens, page + layer_offset);
    }
  });
}

void Decoder::Attend(int layer_index, int rows) {
  Workspace& work = *work_;
  const ModelConfig& config = model_->config();
  work.attention_rows.clear();
  for (int i = 0; i < rows; ++i) {
    const TokenRow& token = work.rows[i].token;
    work.attention_rows.push_back({.pages = token.sequence->pages.data(),
                                   .page_offset = cache_->LayerOffset(layer_index),
                                   .position = work.rows[i].position,
                                   .q = work.qkv.row(i),
                                   .out = work.attention.row(i),
                                   .stats = token.capture ? token.capture->ForLayer(layer_index) : nullptr});
  }
  const AttentionShape shape{
      .heads = config.heads,
      .kv = cache_->tile(),
      .scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(config.head_dim)))};
  Attention(shape, work.attention_rows, pool_.get());
}

void Decoder::FeedForward(const ModelLayer& layer, int rows) {
  Workspace& work = *work_;
  const ModelConfig& config = model_->config();
  ThreadPool* pool = pool_.get();
  Multiply(work.attention.data(), rows, layer.o, layer.o_bias, work.delta, pool);
  work.AddDelta(rows);
  work.Norm(layer.post_norm, config.rms_norm_eps, rows);
  Multiply(work.normed.data(), rows, layer.gate_up, layer.gate_up_bias, work.gate_up, pool);
  ParallelFor(pool, rows, kRowGrain, [&](int64_t begin, int64_t end) {
    Swiglu(work.gate_up.row(begin), work.gate_up.row(begin) + config.ffn, 2 * config.ffn,
           static_cast<int>(end - begin), config.ffn, work.activated.row(begin), config.ffn);
  });
  Multiply(work.activated.data(), rows, layer.down, layer.down_bias, work.delta, pool);
  work.AddDelta(rows);
}

// Of rows from `first` on: a chunk.
void Decoder::ComputeLogits(int64_t first) {
  Workspace& work = *work_;
  const int vocab = model_->config().vocab;
  const int64_t count = std::min<int64_t>(LogitRowsPerChunk(vocab), work.logits_rows - first);
  work.logits.Reserve(count, vocab);
  Multiply(work.normed.row(first), static_cast<int>(count), model_->head(), {}, work.logits, pool_.get());
  work.logits_begin = first;
  work.logits_end = first + count;
}

std::span<float> Decoder::logits(size_t row) {
  Workspace& work = *work_;
  const int64_t wanted = work.logits_row[row];
  if (wanted < work.logits_begin || wanted >= work.logits_end) ComputeLogits(wanted);
  return {work.logits.row(wanted - work.logits_begin), static_cast<size_t>(model_->config().vocab)};
}

}  // namespace rubato
