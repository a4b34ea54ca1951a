#include "policy/torch_score.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "policy/torch_forward.h"
#include "policy/torch_guard.h"
#include "policy/torch_head.h"

namespace rubato {

namespace {

// Requests that share a forward pass, and the rows of it that are scored.
struct Pass {
  std::vector<int32_t> tokens;
  std::vector<int64_t> starts = {0};
  std::vector<int64_t> rows;     // that predict a target
  std::vector<int64_t> targets;  // one per row
  std::vector<int64_t> counts;   // targets of each request

  void Append(const ScoreRequest& request) {
    const int64_t begin = starts.back(), count = static_cast<int64_t>(request.ids.size());
    counts.push_back(count - request.first);
    if (count == request.first) return;  // nothing is asked for
    tokens.insert(tokens.end(), request.ids.begin(), request.ids.end() - 1);
    starts.push_back(static_cast<int64_t>(tokens.size()));
    for (int64_t i = request.first; i < count; ++i) {
      rows.push_back(begin + i - 1);
      targets.push_back(request.ids[i]);
    }
  }
};

// Takes requests in order until the pass is full; at least one.
Pass NextPass(std::span<const ScoreRequest>* requests, int64_t most_tokens) {
  Pass pass;
  do {
    pass.Append(requests->front());
    *requests = requests->subspan(1);
  } while (!requests->empty() &&
           static_cast<int64_t>(pass.tokens.size() + requests->front().ids.size()) <= most_tokens);
  return pass;
}

// Hands the scores of a pass to its requests.
void Split(const TokenScores& scores, const Pass& pass, std::vector<TokenScores>* results) {
  int64_t begin = 0;
  for (const int64_t count : pass.counts) {
    const auto part = [&](const std::vector<float>& all) {
      return std::vector<float>(all.begin() + begin, all.begin() + begin + count);
    };
    results->push_back({.logprobs = part(scores.logprobs), .entropies = part(scores.entropies)});
    begin += count;
  }
}

absl::Status CheckDevice(TorchDevice device) {
  if (device == TorchDevice::kCpu || at::hasCUDA()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "no GPU: either this build is not for CUDA (--config=cuda) or this machine shows no device; choose "
      "cpu");
}

}  // namespace

struct TorchScorer::Parts {
  ModelConfig config;
  TorchOptions options;
  TorchForward forward;

  Parts(const ModelConfig& config, const Slab& weights, const TorchOptions& options)
      : config(config), options(options), forward(config, weights, options) {}

  TokenScores Run(const Pass& pass, float temperature) {
    TokenScores scores;
    if (pass.targets.empty()) return scores;
    const at::Tensor hidden = forward.Run(pass.tokens, pass.starts);
    const at::Tensor rows = at::tensor(pass.rows).to(hidden.device());
    ScoreHidden(hidden.index_select(0, rows), forward.head(), pass.targets, temperature, options.logits_bytes,
                &scores);
    return scores;
  }
};

absl::StatusOr<TorchScorer> TorchScorer::Make(const ModelConfig& config, const Slab& weights,
                                              const TorchOptions& options) {
  if (absl::Status status = CheckDevice(options.device); !status.ok()) return status;
  std::unique_ptr<Parts> parts;
  const absl::Status status = GuardTorch("loading the weights", [&] {
    at::set_num_threads(options.threads);
    parts = std::make_unique<Parts>(config, weights, options);
  });
  if (!status.ok()) return status;
  return TorchScorer(std::move(parts));
}

TorchScorer::TorchScorer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TorchScorer::TorchScorer(TorchScorer&&) = default;
TorchScorer& TorchScorer::operator=(TorchScorer&&) = default;
TorchScorer::~TorchScorer() = default;

absl::StatusOr<std::vector<TokenScores>> TorchScorer::Score(std::span<const ScoreRequest> requests,
                                                            float temperature) {
  for (const ScoreRequest& request : requests) {
    RETURN_IF_ERROR(CheckScorable(parts_->config, request.ids, request.first, temperature));
  }
  std::vector<TokenScores> results;
  while (!requests.empty()) {
    const Pass pass = NextPass(&requests, parts_->options.batch_tokens);
    RETURN_IF_ERROR(GuardTorch(absl::StrCat("scoring ", pass.tokens.size(), " tokens"),
                               [&] { Split(parts_->Run(pass, temperature), pass, &results); }));
  }
  return results;
}

}  // namespace rubato
