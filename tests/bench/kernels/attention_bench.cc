// What statistics cost in decode attention: answers of 128 tokens for 8 sequences, one layer, one thread.
//
//   bazel run //tests/bench/kernels:attention_bench

#include <cmath>
#include <cstdlib>
#include <memory>

#include "kernels/attention.h"
#include "kernels/isa.h"
#include "tests/bench/side_by_side.h"

namespace rubato {
namespace {

constexpr int kSequences = 8;
constexpr int kAnswerTokens = 128;
constexpr AttentionStatsOptions kOptions{.w = 10, .h_lo = 10, .h_hi = 100};

class Batch {
 public:
  Batch(const AttentionShape& shape, int context)
      : shape_(shape),
        context_(context),
        width_(static_cast<size_t>(shape.heads * shape.kv.head_dim)),
        q_(width_ * kSequences),
        out_(q_.size()),
        pages_(kSequences) {
    for (size_t i = 0; i < q_.size(); ++i) q_[i] = std::cos(static_cast<float>(i) * 0.7f);
    for (auto& pages : pages_) {
      for (int position = 0; position < context; position += kKeysPerTile) pages.push_back(AddPage());
    }
  }

  // The answers' rows, one position of all sequences a call, up to the context's end.
  void Decode(bool measured) {
    std::vector<AttentionStatsState> states;
    const int prompt = context_ - kAnswerTokens;
    for (int i = 0; measured && i < kSequences; ++i)
      states.emplace_back(shape_.heads, prompt, kAnswerTokens, kOptions);
    std::vector<AttentionRow> rows(kSequences);
    for (int position = prompt; position < context_; ++position) {
      for (size_t i = 0; i < kSequences; ++i) {
        rows[i] = {.pages = pages_[i].data(),
                   .position = position,
                   .q = &q_[i * width_],
                   .out = &out_[i * width_],
                   .stats = measured ? &states[i] : nullptr};
      }
      Attention(shape_, rows);
    }
    for (AttentionStatsState& state : states) state.Finish();
  }

  const std::vector<float>& out() const { return out_; }

 private:
  struct Free {
    void operator()(float* data) const { std::free(data); }
  };

  const float* AddPage() {
    const size_t floats = shape_.kv.TileFloats();
    owned_.emplace_back(static_cast<float*>(std::aligned_alloc(64, floats * sizeof(float))));
    for (size_t i = 0; i < floats; ++i) owned_.back()[i] = std::sin(static_cast<float>(i) * 0.37f);
    return owned_.back().get();
  }

  AttentionShape shape_;
  int context_;
  size_t width_;
  std::vector<float> q_, out_;
  std::vector<std::unique_ptr<float[], Free>> owned_;
  std::vector<std::vector<const float*>> pages_;
};

void Compare(int heads, int kv_heads, int head_dim, int context) {
  Batch batch({heads, {kv_heads, head_dim}, 1 / std::sqrt(static_cast<float>(head_dim))}, context);
  batch.Decode(false);
  const std::vector<float> plain = batch.out();
  batch.Decode(true);
  if (batch.out() != plain) {
    std::printf("statistics change the attention\n");
    std::exit(1);
  }
  const auto timings = TimeInTurns([&] { batch.Decode(true); }, [&] { batch.Decode(false); });
  PrintRatio(std::to_string(heads) + "/" + std::to_string(kv_heads) + " heads x " + std::to_string(head_dim) +
                 ", context " + std::to_string(context),
             timings);
}

}  // namespace
}  // namespace rubato

int main() {
  std::printf("one thread, %s; with statistics, without\n", rubato::IsaName(rubato::ActiveIsa()));
  for (int context : {141, 512, 2048}) {
    rubato::Compare(4, 2, 32, context);
    rubato::Compare(8, 2, 64, context);
    rubato::Compare(16, 8, 128, context);
  }
}
