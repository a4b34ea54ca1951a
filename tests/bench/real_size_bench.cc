// What a model of the size people start with costs on a CPU: Qwen2.5-0.5B's shape (24 layers of 896, 14 heads
// on 2 KV heads of 64, feed-forward 4,864, vocabulary 151,936, tied) with random weights, in fp32.
//
//   real_size_bench [THREADS]
//
// Packing of the weights, scoring of 512 tokens, and decoding of 1, 8 and 32 sequences behind a prompt of 64.
// Prints medians of a few rounds: by the clock, and per second of processor time of all threads, which others
// on the machine disturb less.  Products alone count as work: 2 operations per weight and row.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

#include "kernels/isa.h"
#include "policy/decoder.h"
#include "policy/score.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

ModelConfig HalfABillion() {
  ModelConfig config = TinyQwen2Config();
  config.layers = 24;
  config.hidden = 896;
  config.heads = 14;
  config.kv_heads = 2;
  config.head_dim = 64;
  config.ffn = 4864;
  config.vocab = 151936;
  config.max_positions = 32768;
  config.rope.theta = 1e6;
  return config;
}

// Uniform and cheap: a normal for each of 494 million weights would take longer than the benchmark.
Slab CheapSlab(const SlabLayout& layout) {
  Slab slab(layout.size());
  uint64_t state = 1;
  for (float& value : slab.floats()) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(static_cast<int32_t>(state >> 32)) * 2e-11f;  // -0.043 to 0.043
  }
  return slab;
}

double Now(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Seconds {
  double clock;
  double processor;
};

Seconds MedianOf(int rounds, const std::function<void()>& body) {
  std::vector<double> clock, processor;
  for (int round = 0; round < rounds; ++round) {
    const double clock_begin = Now(CLOCK_MONOTONIC), processor_begin = Now(CLOCK_PROCESS_CPUTIME_ID);
    body();
    clock.push_back(Now(CLOCK_MONOTONIC) - clock_begin);
    processor.push_back(Now(CLOCK_PROCESS_CPUTIME_ID) - processor_begin);
  }
  std::ranges::sort(clock);
  std::ranges::sort(processor);
  return {clock[clock.size() / 2], processor[processor.size() / 2]};
}

class Bench {
 public:
  explicit Bench(int threads) : threads_(threads) {}

  void Pack() {
    ThreadPool pool(threads_);
    const Slab slab = CheapSlab(model_.layout());
    const Seconds seconds = MedianOf(3, [&] { model_.Repack(slab, &pool); });
    std::printf("pack                %8.3f s   %8.3f s of processors\n", seconds.clock, seconds.processor);
  }

  void Score() {
    const std::vector<int32_t> ids = RandomIds(config_, 513, 1);
    const Seconds seconds = MedianOf(3, [&] {
      if (!ScoreTokens(&decoder_, ids, 1, 1).ok()) std::abort();
    });
    PrintRate("score 512 tokens", 512, seconds);
  }

  void Decode(size_t batch) {
    std::vector<KvSequence> sequences(batch);
    const std::vector<int32_t> prompt = RandomIds(config_, 64, 2);
    for (KvSequence& sequence : sequences) {
      std::vector<TokenRow> rows;
      for (const int32_t id : prompt) {
        rows.push_back({.sequence = &sequence, .token = id, .until = TokenRow::Until::kKeysAndValues});
      }
      if (!decoder_.Forward(rows).ok()) std::abort();
    }
    const Seconds seconds = MedianOf(9, [&] {
      std::vector<TokenRow> rows;
      for (KvSequence& sequence : sequences) rows.push_back({.sequence = &sequence, .token = 5});
      if (!decoder_.Forward(rows).ok()) std::abort();
      for (size_t row = 0; row < batch; ++row) decoder_.logits(row);
    });
    char title[32];
    std::snprintf(title, sizeof(title), "decode, batch %zu", batch);
    PrintRate(title, batch, seconds);
    for (KvSequence& sequence : sequences) cache_.Release(&sequence);
  }

 private:
  void PrintRate(const char* title, size_t rows, const Seconds& seconds) {
    const double work = 2e-9 * static_cast<double>(model_.layout().size()) * static_cast<double>(rows);
    std::printf("%-20s%8.1f tok/s %7.1f GF/s   %7.1f GF per processor second\n", title,
                static_cast<double>(rows) / seconds.clock, work / seconds.clock, work / seconds.processor);
  }

  const int threads_;
  const ModelConfig config_ = HalfABillion();
  Model model_{config_};
  KvCache cache_{config_, 80 * KvCache::PageBytes(config_)};
  Decoder decoder_{&model_, &cache_, threads_};
};

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  if (threads < 1) {
    std::fprintf(stderr, "usage: real_size_bench [THREADS], THREADS >= 1\n");
    return 64;
  }
  std::printf("%d threads, %s\n", threads, rubato::IsaName(rubato::ActiveIsa()));
  rubato::Bench bench(threads);
  bench.Pack();
  bench.Score();
  for (const size_t batch : {1, 8, 32}) bench.Decode(batch);
  return 0;
}
