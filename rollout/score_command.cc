#include "rollout/score_command.h"

#include <algorithm>
#include <memory>

#include "common/arguments.h"
#include "common/status.h"
#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "policy/model_directory.h"
#include "policy/score_lines.h"
#include "policy/score_together.h"

namespace rubato {

namespace {

// A model that is ready to run, for positions up to kLongestTokenLine.  Tables and pages are made as they are
// needed.
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

absl::StatusOr<Scorer> Load(const ScoreOptions& options) {
  ASSIGN_OR_RETURN(const ModelDirectory directory, ReadModelDirectory(options.model));
  ModelConfig config = directory.config;
  config.max_positions = std::max(config.max_positions, kLongestTokenLine);
  const auto loaded =
      std::make_shared<LoadedModel>(config, directory.weights, static_cast<int>(options.threads));
  const auto temperature = static_cast<float>(options.temperature);
  return Scorer{directory.config, [=](std::span<const ScoreRequest> requests) {
                  return ScoreTogether(&loaded->decoder, requests, temperature);
                }};
}

}  // namespace

absl::Status RunScore(const ScoreOptions& options, std::ostream& notes) {
  if (options.NeedsLibTorch()) {
    return UsageError("what LibTorch computes is scored by rubato-learner; type `rubato score`");
  }
  return RunScoreLines(
      options, [&] { return Load(options); }, notes);
}

}  // namespace rubato
