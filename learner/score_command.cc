#include "learner/score_command.h"

#include <limits>
#include <memory>

#include "common/exit_code.h"
#include "common/status.h"
#include "policy/model_directory.h"
#include "policy/score_lines.h"
#include "policy/torch_score.h"

namespace rubato {

namespace {

absl::StatusOr<Scorer> Load(const ScoreOptions& options) {
  ASSIGN_OR_RETURN(const ModelDirectory directory, ReadModelDirectory(options.model));
  ModelConfig config = directory.config;
  config.max_positions = std::numeric_limits<int>::max();  // lines are bounded, positions go on
  TorchOptions torch;
  torch.type = options.dtype == "bf16" ? TorchType::kBf16 : TorchType::kF32;
  torch.device = options.device == "cuda" ? TorchDevice::kCuda : TorchDevice::kCpu;
  torch.threads = static_cast<int>(options.threads);
  absl::StatusOr<TorchScorer> made = TorchScorer::Make(config, directory.weights, torch);
  // A GPU that is not there.
  if (absl::IsFailedPrecondition(made.status())) {
    return WithExitCode(made.status(), ExitCode::kUnavailable);
  }
  RETURN_IF_ERROR(made.status());
  const auto scorer = std::make_shared<TorchScorer>(*std::move(made));
  const auto temperature = static_cast<float>(options.temperature);
  return Scorer{directory.config,
                [=](std::span<const ScoreRequest> requests) { return scorer->Score(requests, temperature); }};
}

}  // namespace

absl::Status RunTorchScore(const ScoreOptions& options, std::ostream& notes) {
  return RunScoreLines(
      options, [&] { return Load(options); }, notes);
}

}  // namespace rubato
