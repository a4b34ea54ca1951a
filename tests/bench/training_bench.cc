// Tokens per second of one training step, ours against LibTorch's, taken in turns.
//
//   training_bench [THREADS] [ROUNDS]

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "learner/adamw.h"
#include "learner/gradient_engine.h"
#include "learner/likelihood_loss.h"
#include "learner/micro_batch_plan.h"
#include "tests/bench/training_peer_torch.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

constexpr double kLr = 1e-3;
using Sequences = std::vector<std::vector<int32_t>>;

class Ours {
 public:
  Ours(const ModelConfig& config, Slab weights, int threads)
      : weights_(std::move(weights)),
        engine_(config, threads),
        optimizer_({}, weights_.size(), {}),
        gradient_(weights_.size()) {}

  double Step(const Sequences& sequences) {
    std::vector<int> rows;
    for (const auto& sequence : sequences) rows.push_back(static_cast<int>(sequence.size()) - 1);
    const double tokens = std::accumulate(rows.begin(), rows.end(), 0.0);
    const std::vector<int> firsts = PlanMicroBatches(rows, GradientEngine::kMaxPassRows);
    std::vector<MicroBatch> micro_batches(firsts.size() - 1);
    for (size_t i = 0; i < micro_batches.size(); ++i) {
      for (int j = firsts[i]; j < firsts[i + 1]; ++j) {
        micro_batches[i].batch.Append(sequences[j], std::vector<uint8_t>(sequences[j].size(), 1), 1.0f);
      }
      micro_batches[i].loss = std::make_unique<LikelihoodLoss>(1 / tokens);
    }
    engine_.SetWeights(&weights_);
    engine_.Run(micro_batches, &gradient_);
    double loss = 0;
    for (const MicroBatch& micro_batch : micro_batches) {
      loss += static_cast<const LikelihoodLoss&>(*micro_batch.loss).total() / tokens;
    }
    optimizer_.Apply(weights_.floats(), gradient_.floats(), 1, kLr);
    return loss;
  }

 private:
  Slab weights_;
  GradientEngine engine_;
  AdamW optimizer_;
  Slab gradient_;
};

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void Compare(const char* name, const ModelConfig& config, const Sequences& sequences, int threads,
             int rounds) {
  Ours ours(config, RandomSlab(config, 1), threads);
  TrainingPeer peer(config, RandomSlab(config, 1), threads);
  double tokens = 0;
  for (const auto& sequence : sequences) tokens += static_cast<double>(sequence.size()) - 1;
  const double gap = std::abs(ours.Step(sequences) - peer.Step(sequences, kLr)) +
                     std::abs(ours.Step(sequences) - peer.Step(sequences, kLr));
  if (!(gap < 1e-3)) {
    std::printf("%s: the two do not compute the same: losses differ by %g\n", name, gap);
    std::exit(1);
  }
  std::vector<double> our_speed, peer_speed, ratio;
  for (int i = 0; i < rounds; ++i) {
    our_speed.push_back(tokens / Seconds([&] { ours.Step(sequences); }));
    peer_speed.push_back(tokens / Seconds([&] { peer.Step(sequences, kLr); }));
    ratio.push_back(our_speed.back() / peer_speed.back());
  }
  const auto [low, high] = std::ranges::minmax(ratio);
  std::printf("%-28s %d threads  ours %7.0f tokens/s  LibTorch %7.0f tokens/s  ratio %.2f (%.2f to %.2f)\n",
              name, threads, Median(our_speed), Median(peer_speed), Median(ratio), low, high);
}

ModelConfig Shape(int layers, int hidden, int heads, int head_dim, int ffn, int vocab) {
  ModelConfig config = TinyModelConfig();
  config.layers = layers;
  config.hidden = hidden;
  config.heads = heads;
  config.kv_heads = 2;
  config.head_dim = head_dim;
  config.ffn = ffn;
  config.vocab = vocab;
  return config;
}

Sequences Equal(const ModelConfig& config, int count, int length) {
  Sequences sequences;
  for (int i = 0; i < count; ++i) sequences.push_back(RandomIds(config, length + 1, i));
  return sequences;
}

// Lengths as short answers have them: many short, some at the cap.
Sequences Ragged(const ModelConfig& config, int count, int longest) {
  std::mt19937 random(1);
  Sequences sequences;
  for (int i = 0; i < count; ++i) {
    const int length =
        std::min<int>(longest, 16 + static_cast<int>(random() % (2 * longest)) / 2 * (i % 3 + 1) / 3);
    sequences.push_back(RandomIds(config, length + 1, i));
  }
  return sequences;
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  using namespace rubato;
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  const ModelConfig small = Shape(6, 96, 4, 32, 256, 32);
  const ModelConfig medium = Shape(6, 256, 8, 32, 768, 4096);
  Compare("0.67M, 32 x 128", small, Equal(small, 32, 128), threads, rounds);
  Compare("0.67M, 32 ragged up to 160", small, Ragged(small, 32, 160), threads, rounds);
  Compare("5.6M, 32 x 128", medium, Equal(medium, 32, 128), threads, rounds);
}
