#include "rollout/stats_command.h"

#include <algorithm>
#include <span>
#include <thread>

#include "common/arguments.h"
#include "common/concat.h"
#include "common/json_lines.h"
#include "common/json_lines_answer.h"
#include "common/status.h"
#include "policy/decoder.h"
#include "policy/measure.h"
#include "policy/model_directory.h"
#include "policy/token_line.h"
#include "stats/head_ranking.h"
#include "stats/sampled_layers.h"
#include "stats/set_means.h"

namespace rubato {

const char kStatsHelp[] =
    R"(Reads JSON lines of tokens and writes what the model's attention says of each response, one line each:

  {"id": any, "ids": [...], "prompt_len": n}
    -> {"id": the same, "layers": [...], "heads": H, "waad": [[...] per head], "fai": [[...] per head], "d": [...]}

One list per sampled head in (layer, head) order, one number per response position; undefined is null. With --layout
set_means instead: "waad": the mean over the local heads, "fai": over the global ones, "d", "local": [[layer, head]...],
"global". docs/credit.md defines them: WAAD C5, FAI C6, d C2, the layers C1, the sets C3. `rubato credit` takes these lines
when "advantage" is added.

  --model DIR       Hugging Face model directory
  --layout NAME     per_head (default) or set_means
  --w N             window of WAAD, tokens (10)
  --h-lo N          first future lag of FAI, tokens (10)
  --h-hi N          last future lag of FAI, tokens (100)
  --head-share X    share of the sampled heads in each set (0.3)
  --in FILE|-       where to read (-, standard input)
  --out FILE|-      where to write (-, standard output)
  --threads N       (one per core)

Exit codes: 0 done, 64 usage, 65 bad model or line (named as FILE:LINE; lines before it are answered), 74 cannot write.

  echo '{"id": 1, "ids": [0, 5, 9, 3, 2, 8], "prompt_len": 2}' | rubato stats --model examples/countdown/base --h-lo 1
)";

namespace {

constexpr int64_t kLongestLag = 1 << 20;

// A model that is ready to run, for positions up to kLongestTokenLine.
struct LoadedModel {
  LoadedModel(const ModelConfig& config, const Slab& weights, int threads)
      : model(config),
        cache(config, KvCache::PagesFor(kLongestTokenLine) * KvCache::PageBytes(config)),
        decoder(&model, &cache, threads) {
    model.Repack(weights);
  }

  Model model;
  KvCache cache;
  Decoder decoder;
};

// Head indices as [layer, head] pairs, one after the other.
std::vector<int32_t> Pairs(const std::vector<int>& heads, const Capture& capture) {
  std::vector<int32_t> pairs;
  for (int index : heads) {
    pairs.push_back(capture.layers[static_cast<size_t>(index / capture.heads)]);
    pairs.push_back(index % capture.heads);
  }
  return pairs;
}

absl::Status AddSetMeans(const AttentionRecord& record, const Capture& capture, JsonAnswer* answer) {
  ASSIGN_OR_RETURN(const HeadRanking ranking, RankHeads(record.d, capture.head_share));
  const SetMeans means = MeansOverSets(record, ranking);
  answer->Add("waad", means.waad);
  answer->Add("fai", means.fai);
  answer->Add("d", record.d);
  answer->AddLists("local", Pairs(ranking.local, capture), 2);
  answer->AddLists("global", Pairs(ranking.global, capture), 2);
  return absl::OkStatus();
}

absl::StatusOr<std::string> AnswerLine(const std::string& text, const StatsOptions& options,
                                       const Capture& capture, Decoder* decoder) {
  ASSIGN_OR_RETURN(const TokenLine line, ReadTokenLine(text, decoder->model().config().vocab));
  ASSIGN_OR_RETURN(const AttentionRecord record, MeasureTokens(decoder, line.ids, line.prompt_len, capture));
  JsonAnswer answer(line.id);
  answer.Add("layers", std::vector<int32_t>(capture.layers.begin(), capture.layers.end()));
  answer.Add("heads", int64_t{capture.heads});
  if (options.layout == "set_means") {
    RETURN_IF_ERROR(AddSetMeans(record, capture, &answer));
  } else {
    const size_t tokens = static_cast<size_t>(record.response_tokens);
    answer.AddLists("waad", record.waad, tokens);
    answer.AddLists("fai", record.fai, tokens);
    answer.Add("d", record.d);
  }
  return answer.Take();
}

Capture CaptureFrom(const StatsOptions& options, const ModelConfig& config) {
  Capture capture;
  capture.w = static_cast<int>(options.w);
  capture.h_lo = static_cast<int>(options.h_lo);
  capture.h_hi = static_cast<int>(options.h_hi);
  capture.layers = SampledLayers(config.layers);
  capture.heads = config.heads;
  capture.head_share = options.head_share;
  return capture;
}

}  // namespace

absl::StatusOr<StatsOptions> ParseStatsArguments(const std::vector<std::string>& arguments) {
  StatsOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  ArgumentParser parser;
  parser.Text("model", &options.model);
  parser.Text("in", &options.in);
  parser.Text("out", &options.out);
  parser.Choice("layout", &options.layout, {"per_head", "set_means"});
  parser.Count("w", &options.w, 1, kLongestLag);
  parser.Count("h-lo", &options.h_lo, 1, kLongestLag);
  parser.Count("h-hi", &options.h_hi, 1, kLongestLag);
  parser.Number("head-share", &options.head_share, 1e-6, 0.5);
  parser.Count("threads", &options.threads, 1, 1024);
  RETURN_IF_ERROR(parser.ParseOptions(arguments));
  if (options.model.empty()) return UsageError("which model? Give --model DIR");
  if (options.h_hi < options.h_lo) {
    return UsageError(Concat("--h-hi=", options.h_hi, " is below --h-lo=", options.h_lo));
  }
  return options;
}

absl::Status RunStats(const StatsOptions& options) {
  ASSIGN_OR_RETURN(JsonLinesReader in, JsonLinesReader::Open(options.in));
  ASSIGN_OR_RETURN(JsonLinesWriter out, JsonLinesWriter::Open(options.out, in));
  ASSIGN_OR_RETURN(const ModelDirectory directory, ReadModelDirectory(options.model));
  const Capture capture = CaptureFrom(options, directory.config);
  ModelConfig config = directory.config;
  config.max_positions = std::max(config.max_positions, kLongestTokenLine);
  LoadedModel loaded(config, directory.weights, static_cast<int>(options.threads));
  return RunJsonLines(&in, &out, {.lines = 16}, [&](std::span<const JsonLine> lines) {
    std::vector<absl::StatusOr<std::string>> answers;
    for (const JsonLine& line : lines) {
      answers.push_back(AnswerLine(line.text, options, capture, &loaded.decoder));
      if (!answers.back().ok()) break;
    }
    return answers;
  });
}

}  // namespace rubato
