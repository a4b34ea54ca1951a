#include "policy/score_arguments.h"

#include <algorithm>
#include <thread>

#include "common/arguments.h"
#include "common/status.h"

namespace rubato {

const char kScoreHelp[] = R"(Log-probs and entropies of given tokens under a model

  rubato score --model DIR [--in FILE|-] [--out FILE|-] [options]

Reads JSON lines {"id": any, "ids": [token ids], "prompt_len": n} and writes one line each, in the same order:
{"id": the same, "logprobs": [...], "entropies": [...]}, one number per token from position prompt_len on, in nats: the
log-prob of the token given all before it, and the entropy of the distribution that emits it. Needs neither tokenizer nor
end token.

  --model DIR       Hugging Face model directory
  --in FILE|-       where to read (-, standard input)
  --out FILE|-      where to write (-, standard output)
  --dtype TYPE      f32: our own kernels, the same bits on any number of threads and in any company (default);
                    bf16: LibTorch's products, rounded where transformers rounds
  --device NAME     cpu (default) or cuda
  --temperature T   the logits are divided by it (1)
  --threads N       (one per core)

Exit codes: 0 done, 64 usage, 65 bad model or line (named as FILE:LINE; lines before it are answered), 69 no GPU, 74 cannot
write.

  echo '{"id": 1, "ids": [1, 4, 5, 2], "prompt_len": 2}' | rubato score --model examples/countdown/base
)";

absl::StatusOr<ScoreOptions> ParseScoreArguments(const std::vector<std::string>& arguments) {
  ScoreOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  ArgumentParser parser;
  parser.Text("model", &options.model);
  parser.Text("in", &options.in);
  parser.Text("out", &options.out);
  parser.Choice("dtype", &options.dtype, {"f32", "bf16"});
  parser.Choice("device", &options.device, {"cpu", "cuda"});
  parser.Number("temperature", &options.temperature, 1e-3, 1e3);
  parser.Count("threads", &options.threads, 1, 1024);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.model.empty()) return UsageError("which model? Give --model DIR");
  return options;
}

}  // namespace rubato
