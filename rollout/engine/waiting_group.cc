#include "rollout/engine/waiting_group.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace rubato {

namespace {

absl::Status Refuse(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("group of samples: ", what));
}

absl::Status CheckSampling(const SamplingParams& sampling) {
  if (!std::isfinite(sampling.temperature()) || sampling.temperature() <= 0) {
    return Refuse(absl::StrCat("temperature is ", sampling.temperature(), ", a positive number is needed"));
  }
  if (sampling.max_new_tokens() == 0) return Refuse("max_new_tokens is 0, at least 1 is needed");
  return absl::OkStatus();
}

absl::Status CheckPrompt(const std::vector<int32_t>& ids, int vocab) {
  if (ids.empty()) return Refuse("the prompt is empty");
  const auto bad = std::ranges::find_if(ids, [&](int32_t id) { return id < 0 || id >= vocab; });
  if (bad == ids.end()) return absl::OkStatus();
  return Refuse(absl::StrCat("the prompt holds token id ", *bad, ", the model's vocabulary has ", vocab));
}

absl::Status CheckCapture(const Capture& capture, const ModelConfig& config) {
  if (absl::Status status = ValidateCapture(capture); !status.ok()) return status;
  if (capture.heads != config.heads) {
    return Refuse(
        absl::StrCat("capture asks for ", capture.heads, " heads a layer, the model has ", config.heads));
  }
  if (capture.layers.back() >= config.layers) {
    return Refuse(
        absl::StrCat("capture asks for layer ", capture.layers.back(), ", the model has ", config.layers));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGroup(const WaitingGroup& group, const ModelConfig& config, int64_t pages) {
  const GroupTask& task = group.task;
  if (task.samples.empty()) return Refuse("it has no samples");
  if (absl::Status status = CheckSampling(task.sampling); !status.ok()) return status;
  if (absl::Status status = CheckPrompt(task.prompt_ids, config.vocab); !status.ok()) return status;
  if (task.capture.has_value()) {
    if (absl::Status status = CheckCapture(*task.capture, config); !status.ok()) return status;
  }
  const int64_t longest = group.prompt_tokens() + task.sampling.max_new_tokens();
  if (longest > config.max_positions) {
    return Refuse(absl::StrCat("prompt and max_new_tokens make ", longest, " tokens, the model has ",
                               config.max_positions, " positions"));
  }
  if (group.PromptPages() + group.SamplePages() > pages) {
    return Refuse(absl::StrCat("one sample can take ", group.PromptPages() + group.SamplePages(),
                               " pages of KV cache, the engine has ", pages, "; give it a larger KV budget"));
  }
  return absl::OkStatus();
}

}  // namespace rubato
