#include "learner/sft_arguments.h"

#include <limits>

#include "common/arguments.h"
#include "common/status.h"

namespace rubato {

const char kSftHelp[] = R"(Fine-tunes a model on demonstrations

  rubato sft {--model DIR | --init DIR} --data FILE.jsonl --out DIR [options]

Minimises the mean negative log-likelihood of the responses. Prints a line every 50 updates. The same options and data give
the same weights, on any number of threads.

  --model DIR       Hugging Face model directory to begin with
  --init DIR        instead: directory of config.json and tokenizer.json, for fresh random weights
  --data FILE       JSON lines {"prompt": "...", "response": "..."}
  --out DIR         model directory to write; made if absent
  --dtype TYPE      of the written weights: bf16 (default) or f32
  --seed N          of the order of the data and of fresh weights (1)
  --epochs X        passes over the data (1)
  --batch-tokens N  tokens of one update (4096)
  --lr X            highest learning rate (1e-3)
  --warmup N        updates over which it grows (20)
  --final-lr X      its share at the end of the cosine (0.1)
  --weight-decay X  decoupled, of matrices (0)
  --clip-norm X     largest gradient norm; 0: any (1)
  --threads N       (1)

Exit codes: 0 done, 64 usage, 65 bad model or data, 70 the loss is not finite, 74 cannot write.

  rubato sft --model examples/countdown/base --data games.jsonl --out tuned --epochs 2 --lr 5e-4
)";

namespace {

absl::Status CheckPaths(const std::string& model, const std::string& init, const SftOptions& options) {
  if (model.empty() == init.empty()) {
    return UsageError("where does it begin? Give either --model DIR, or --init DIR for fresh weights");
  }
  if (options.data.empty()) return UsageError("what does it learn? Give --data FILE.jsonl");
  if (options.out.empty()) return UsageError("where to? Give --out DIR");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SftOptions> ParseSftArguments(const std::vector<std::string>& arguments) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  SftOptions options;
  std::string model, init, dtype = "bf16";
  int64_t seed = static_cast<int64_t>(options.seed), warmup = static_cast<int64_t>(options.warmup);
  int64_t batch_tokens = options.batch_tokens, threads = options.threads;
  ArgumentParser parser;
  parser.Text("model", &model);
  parser.Text("init", &init);
  parser.Text("data", &options.data);
  parser.Text("out", &options.out);
  parser.Choice("dtype", &dtype, {"bf16", "f32"});
  parser.Count("seed", &seed, 0, kMost);
  parser.Number("epochs", &options.epochs, 1e-6, 1e6);
  parser.Count("batch-tokens", &batch_tokens, 1, 1 << 30);
  parser.Number("lr", &options.lr, 1e-12, 10);
  parser.Number("final-lr", &options.final_lr, 0, 1);
  parser.Count("warmup", &warmup, 0, kMost);
  parser.Number("weight-decay", &options.adamw.weight_decay, 0, 10);
  parser.Number("clip-norm", &options.clip_norm, 0, 1e9);
  parser.Count("threads", &threads, 1, 1024);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  RETURN_IF_ERROR(CheckPaths(model, init, options));
  options.fresh = !init.empty();
  options.model = options.fresh ? init : model;
  options.dtype = dtype == "f32" ? SafetensorsType::kF32 : SafetensorsType::kBf16;
  options.seed = static_cast<uint64_t>(seed);
  options.warmup = static_cast<uint64_t>(warmup);
  options.batch_tokens = static_cast<int>(batch_tokens);
  options.threads = static_cast<int>(threads);
  return options;
}

}  // namespace rubato
