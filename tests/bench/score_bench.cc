// Tokens per CPU second of scoring: our kernels, LibTorch's products in fp32 and bf16, and `transformers` in
// both, one thread each, taken in turns.  First it checks that all compute the same.
//
//   score_bench SHAPE [ROUNDS [PYTHON tests/bench/score_peer.py]]
//
// SHAPE is 0.67M, 5.6M, 100M or 0.5B.  PYTHON is an interpreter with torch 2.11 and transformers 5.23 (an
// environment of its own: tests/oracle/requirements.txt); without it `transformers` is left out.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/file.h"
#include "common/process.h"
#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "policy/model_directory.h"
#include "policy/score_together.h"
#include "policy/torch_score.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

using Sequences = std::vector<std::vector<int32_t>>;

// What one way to score made of all sequences.
struct Outcome {
  double seconds = 0;
  double logprob = 0;  // mean
  double entropy = 0;  // mean
};

struct Way {
  std::string name;
  bool bf16 = false;
  std::function<Outcome()> run;
  std::vector<double> seconds = {};
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "score_bench: %s\n", what.c_str());
  std::exit(1);
}

template <typename Value>
Value Must(absl::StatusOr<Value> value) {
  if (!value.ok()) Fail(std::string(value.status().message()));
  return *std::move(value);
}

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Outcome Timed(const std::function<std::vector<TokenScores>()>& score) {
  const double start = CpuSeconds();
  const std::vector<TokenScores> scores = score();
  Outcome outcome{.seconds = CpuSeconds() - start};
  double count = 0;
  for (const TokenScores& of_sequence : scores) {
    for (size_t i = 0; i < of_sequence.logprobs.size(); ++i) {
      outcome.logprob += of_sequence.logprobs[i];
      outcome.entropy += of_sequence.entropies[i];
      ++count;
    }
  }
  outcome.logprob /= count;
  outcome.entropy /= count;
  return outcome;
}

std::vector<ScoreRequest> RequestsOf(const Sequences& sequences) {
  std::vector<ScoreRequest> requests;
  for (const std::vector<int32_t>& ids : sequences) requests.push_back({.ids = ids, .first = 1});
  return requests;
}

Way Ours(const ModelConfig& config, const Slab& weights, const Sequences& sequences) {
  struct Parts {
    Model model;
    KvCache cache;
    Decoder decoder;
    explicit Parts(const ModelConfig& config)
        : model(config), cache(config, int64_t{1} << 28), decoder(&model, &cache, 1) {}
  };
  auto parts = std::make_shared<Parts>(config);
  parts->model.Repack(weights);
  return {.name = "ours, f32", .run = [parts, &sequences] {
            const std::vector<ScoreRequest> requests = RequestsOf(sequences);
            return Timed([&] { return Must(ScoreTogether(&parts->decoder, requests, 1)); });
          }};
}

Way Torch(const ModelConfig& config, const Slab& weights, const Sequences& sequences, TorchType type) {
  const bool bf16 = type == TorchType::kBf16;
  auto scorer = std::make_shared<TorchScorer>(Must(TorchScorer::Make(config, weights, {.type = type})));
  return {.name = bf16 ? "TorchScorer, bf16" : "TorchScorer, f32", .bf16 = bf16, .run = [scorer, &sequences] {
            const std::vector<ScoreRequest> requests = RequestsOf(sequences);
            return Timed([&] { return Must(scorer->Score(requests, 1)); });
          }};
}

// `transformers` in a process of its own.
class Peer {
 public:
  Peer(const std::string& python, const std::string& script, const std::string& directory) {
    SubprocessOptions options;
    options.argv = {python, script, directory, directory + "/ids.json", "1"};
    options.pipe_stdin = true;
    options.out = ProcessOutput::Pipe();
    options.err = ProcessOutput::Null();
    process_ = std::make_unique<Subprocess>(Must(Subprocess::Start(options)));
    answers_ = fdopen(dup(process_->stdout_pipe().get()), "r");
  }
  ~Peer() { fclose(answers_); }

  Outcome Ask(const std::string& request) {
    const std::string line = request + "\n";
    Outcome outcome;
    if (write(process_->stdin_pipe().get(), line.data(), line.size()) < 0 ||
        fscanf(answers_, "%lf %lf %lf", &outcome.seconds, &outcome.logprob, &outcome.entropy) != 3) {
      Fail("the peer gave no answer to " + request);
    }
    return outcome;
  }

 private:
  std::unique_ptr<Subprocess> process_;
  FILE* answers_;
};

// The fastest of the peer's settings, tried once each after a warm-up.
Way BestOfPeer(const std::shared_ptr<Peer>& peer, const std::string& type, const ModelConfig& config) {
  std::string best;
  double seconds = 0;
  for (const std::string attention : {"eager", "sdpa"}) {
    for (const int batch : {1, 4, 32}) {
      // Its logits would not fit.
      if (int64_t{batch} * 256 * config.vocab > int64_t{1} << 28) continue;
      const std::string request = absl::StrCat(type, " ", attention, " ", batch);
      peer->Ask(request);
      const Outcome outcome = peer->Ask(request);
      if (!best.empty() && outcome.seconds >= seconds) continue;
      best = request;
      seconds = outcome.seconds;
    }
  }
  return {.name = absl::StrCat("transformers, ", best), .bf16 = type == "bf16", .run = [peer, best] {
            return peer->Ask(best);
          }};
}

ModelConfig Shape(int layers, int hidden, int heads, int kv_heads, int head_dim, int ffn, int vocab) {
  ModelConfig config = TinyModelConfig();
  config.layers = layers;
  config.hidden = hidden;
  config.heads = heads;
  config.kv_heads = kv_heads;
  config.head_dim = head_dim;
  config.ffn = ffn;
  config.vocab = vocab;
  return config;
}

ModelConfig ShapeOf(const std::string& name) {
  if (name == "0.67M") return Shape(6, 96, 4, 2, 32, 256, 32);
  if (name == "5.6M") return Shape(6, 256, 8, 2, 32, 768, 4096);
  if (name == "100M") return Shape(12, 768, 12, 4, 64, 2048, 32000);
  if (name == "0.5B") return Shape(24, 896, 14, 2, 64, 4864, 151936);
  Fail("unknown shape \"" + name + "\"; choose 0.67M, 5.6M, 100M or 0.5B");
}

std::string ConfigText(const ModelConfig& c) {
  return absl::StrCat(
      R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "attention_bias": false,)",
      R"( "hidden_act": "silu", "tie_word_embeddings": true, "rms_norm_eps": 1e-06,)",
      R"( "rope_theta": 10000.0, "num_hidden_layers": )", c.layers, R"(, "hidden_size": )", c.hidden,
      R"(, "num_attention_heads": )", c.heads, R"(, "num_key_value_heads": )", c.kv_heads,
      R"(, "head_dim": )", c.head_dim, R"(, "intermediate_size": )", c.ffn, R"(, "vocab_size": )", c.vocab,
      R"(, "max_position_embeddings": )", c.max_positions, "}");
}

// 48 to 256 tokens, as short answers have them.
Sequences SomeSequences(const ModelConfig& config, int count) {
  std::mt19937 random(1);
  Sequences sequences;
  for (int i = 0; i < count; ++i) {
    sequences.push_back(RandomIds(config, 48 + random() % 209, static_cast<uint32_t>(i)));
  }
  return sequences;
}

std::string WriteForPeer(const ModelConfig& config, const Slab& weights, const Sequences& sequences) {
  const std::string directory =
      std::filesystem::temp_directory_path() / absl::StrCat("score_bench.", getpid());
  const std::string ids = absl::StrJoin(
      sequences, "],[",
      [](std::string* out, const std::vector<int32_t>& s) { absl::StrAppend(out, absl::StrJoin(s, ",")); });
  absl::Status status = WriteModelDirectory(directory, {{"config.json", ConfigText(config)}},
                                            SlabLayout(config), weights, SafetensorsType::kF32);
  status.Update(WriteFileAtomically(directory + "/ids.json", "[[" + ids + "]]"));
  if (!status.ok()) Fail(std::string(status.message()));
  return directory;
}

// Random models differ in fp32 by 1e-6 in the mean, in bf16 by less than 3e-2.
void CheckThatAllAgree(std::vector<Way>& ways) {
  const Outcome first = ways[0].run();
  for (Way& way : ways) {
    const Outcome outcome = way.run();
    const double gap =
        std::max(std::abs(outcome.logprob - first.logprob), std::abs(outcome.entropy - first.entropy));
    if (!(gap < (way.bf16 ? 3e-2 : 1e-4)))
      Fail(absl::StrCat(way.name, " computes something else: off by ", gap));
  }
}

void Print(std::vector<Way>& ways, double tokens) {
  const auto speed = [&](Way& way, double quantile) {
    std::ranges::sort(way.seconds);
    const double last = static_cast<double>(way.seconds.size()) - 1;
    return tokens / way.seconds[static_cast<size_t>(std::lround((1 - quantile) * last))];
  };
  for (Way& way : ways) {
    std::printf("%-34s %9.0f tokens per CPU second (%.0f to %.0f)  %.2fx\n", way.name.c_str(),
                speed(way, 0.5), speed(way, 0.25), speed(way, 0.75), speed(way, 0.5) / speed(ways[0], 0.5));
  }
}

void Run(const std::string& shape, int rounds, const std::string& python, const std::string& script) {
  const ModelConfig config = ShapeOf(shape);
  const Slab weights = RandomSlab(config, 1);
  const Sequences sequences = SomeSequences(config, shape == "0.5B" ? 4 : shape == "100M" ? 8 : 32);
  std::vector<Way> ways = {Ours(config, weights, sequences),
                           Torch(config, weights, sequences, TorchType::kF32),
                           Torch(config, weights, sequences, TorchType::kBf16)};
  std::string directory;
  if (!python.empty()) {
    directory = WriteForPeer(config, weights, sequences);
    const auto peer = std::make_shared<Peer>(python, script, directory);
    for (const std::string type : {"f32", "bf16"}) ways.push_back(BestOfPeer(peer, type, config));
  }
  CheckThatAllAgree(ways);
  for (int i = 0; i < rounds; ++i) {
    for (Way& way : ways) way.seconds.push_back(way.run().seconds);
  }
  double tokens = 0;
  for (const std::vector<int32_t>& ids : sequences) tokens += static_cast<double>(ids.size()) - 1;
  std::printf("%s, %zu sequences, %.0f tokens, %d rounds\n", shape.c_str(), sequences.size(), tokens, rounds);
  Print(ways, tokens);
  if (!directory.empty()) std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  if (argc < 2 || argc == 4) {
    std::fprintf(stderr, "usage: score_bench SHAPE [ROUNDS [PYTHON tests/bench/score_peer.py]]\n");
    return 64;
  }
  rubato::Run(argv[1], argc > 2 ? std::atoi(argv[2]) : 5, argc > 4 ? argv[3] : "", argc > 4 ? argv[4] : "");
}
