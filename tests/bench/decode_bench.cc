// How fast the engine decodes the example's model (0.67M parameters) on one thread, with and without
// statistics.
//
// Both variants run interleaved in one process: groups of 8 that share a prompt of 13 tokens, answers of
// exactly 128 tokens, random weights.  First it checks that both sample the same tokens.  Prints medians and
// spread.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <vector>

#include "kernels/isa.h"
#include "rollout/engine/engine.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

constexpr int kRounds = 9;
constexpr int kGroupSize = 8;
constexpr uint32_t kAnswerTokens = 128;

ModelConfig ExampleConfig() {
  ModelConfig config = TinyModelConfig();
  config.layers = 6;
  config.hidden = 96;
  config.head_dim = 32;
  config.ffn = 256;
  config.vocab = 32;
  config.end_token_ids.clear();  // every answer runs to its limit
  return config;
}

GroupTask MakeGroup(const ModelConfig& config, uint32_t number, bool statistics) {
  GroupTask group;
  group.prompt_ids = RandomIds(config, 13, number);
  for (uint32_t i = 0; i < kGroupSize; ++i)
    group.samples.push_back({.tag = number * 100 + i, .stream = {{number, i}}});
  group.sampling.set_temperature(1);
  group.sampling.set_max_new_tokens(kAnswerTokens);
  if (statistics) {
    group.capture =
        Capture{.w = 10, .h_lo = 10, .h_hi = 100, .layers = {2, 3, 4}, .heads = 4, .head_share = 0.3};
  }
  return group;
}

// Of this thread, which does all the work: what others do on the machine counts less.
double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Round {
  double tokens_per_second = 0;
  std::map<uint64_t, std::vector<int32_t>> tokens;
};

Round Generate(Engine* engine, const ModelConfig& config, int batch, bool statistics) {
  for (int group = 0; group < batch / kGroupSize; ++group) {
    if (!engine->AddGroup(MakeGroup(config, static_cast<uint32_t>(group + 1), statistics)).ok()) return {};
  }
  const double begin = CpuSeconds();
  while (engine->live_samples() + engine->waiting_samples() > 0) {
    if (!engine->Step().ok()) return {};
  }
  const double seconds = CpuSeconds() - begin;
  Round round;
  for (FinishedSample& sample : engine->TakeFinished()) round.tokens[sample.tag] = std::move(sample.tokens);
  round.tokens_per_second = batch * kAnswerTokens / seconds;
  return round;
}

struct Spread {
  explicit Spread(std::vector<double> values) {
    std::ranges::sort(values);
    lowest = values.front();
    median = values[values.size() / 2];
    highest = values.back();
  }
  double lowest, median, highest;
};

bool Compare(Engine* engine, const ModelConfig& config, int batch) {
  if (Generate(engine, config, batch, false).tokens != Generate(engine, config, batch, true).tokens) {
    std::fprintf(stderr, "statistics changed what was sampled\n");
    return false;
  }
  std::vector<double> plain, measured, cost;
  for (int round = 0; round < kRounds; ++round) {
    plain.push_back(Generate(engine, config, batch, false).tokens_per_second);
    measured.push_back(Generate(engine, config, batch, true).tokens_per_second);
    cost.push_back(100 * (plain.back() / measured.back() - 1));
  }
  const Spread a(plain), b(measured), c(cost);
  std::printf(
      "batch %2d   plain %7.0f tok/s (%.0f..%.0f)   statistics %7.0f tok/s (%.0f..%.0f)   cost %4.1f %% "
      "(%.1f..%.1f)\n",
      batch, a.median, a.lowest, a.highest, b.median, b.lowest, b.highest, c.median, c.lowest, c.highest);
  return true;
}

int Main() {
  const ModelConfig config = ExampleConfig();
  std::printf("1 thread, %s, %d rounds, 13 + %u tokens, layers 2 3 4 measured\n", IsaName(ActiveIsa()),
              kRounds, kAnswerTokens);
  for (const int batch : {32, 64}) {
    const std::unique_ptr<Engine> engine = *Engine::Create(config, {.max_sequences = batch});
    if (!engine->SetWeights(std::make_shared<Slab>(RandomSlab(config, 1)), WeightVersion()).ok()) return 1;
    if (!Compare(engine.get(), config, batch)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace rubato

int main() { return rubato::Main(); }
