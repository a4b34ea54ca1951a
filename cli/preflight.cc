#include "cli/preflight.h"

#include "absl/strings/str_split.h"
#include "cli/model_size.h"
#include "common/concat.h"
#include "common/model_digest.h"
#include "credit/credit_options.h"
#include "tasks/dataset.h"
#include "tasks/verifier.h"
#include "text/tokenizer.h"

namespace rubato {

namespace {

void AddLines(std::string_view message, Problems* problems) {
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(message.data(), message.size()), '\n')) {
    if (!line.empty()) problems->Add(std::string(line));
  }
}

void Add(const absl::Status& status, std::string_view context, Problems* problems) {
  const std::string message(status.message());
  if (!status.ok()) AddLines(context.empty() ? message : Concat(context, ": ", message), problems);
}

void CheckData(const std::string& key, const std::string& path, const Verifier& verifier,
               Problems* problems) {
  const auto check = [&verifier](const Json& row) { return verifier.CheckRow(row); };
  const absl::Status status = LoadDataset(path, check).status();
  // What is wrong with rows says so by file and line; what is wrong with the file belongs to the key.
  Add(status, absl::IsNotFound(status) ? key : "", problems);
}

// A response alone must fit; the hub checks each prompt together with its response.
void CheckPositions(const RunConfig& config, const ModelSize& model, Problems* problems) {
  if (model.max_positions == 0 || config.rollout().max_new_tokens() < model.max_positions) return;
  problems->Add(Concat("rollout.max_new_tokens is ", config.rollout().max_new_tokens(), ", but the model ",
                       config.policy().model(), " has ", model.max_positions,
                       " positions (max_position_embeddings) for prompt and response together. Lower it"));
}

void CheckModel(const RunConfig& config, Problems* problems) {
  const std::string& directory = config.policy().model();
  const absl::Status digests = DigestModelDirectory(directory).status();
  if (!digests.ok()) {
    Add(digests, Concat("policy.model: ", directory, " is not a model directory"), problems);
    return;
  }
  Add(Tokenizer::Load(directory).status(), "policy.model", problems);
  const absl::StatusOr<ModelSize> size = ReadModelSize(directory);
  Add(size.status(), Concat("policy.model: ", directory, " is not a model directory"), problems);
  if (size.ok()) CheckPositions(config, *size, problems);
}

}  // namespace

void CheckOptions(const RunConfig& config, Problems* problems) { ValidateCreditOptions(config, problems); }

void CheckFiles(const RunConfig& config, Problems* problems) {
  const absl::StatusOr<std::unique_ptr<Verifier>> verifier = MakeVerifier(config.task().verifier());
  Add(verifier.status(), "task.verifier", problems);
  if (verifier.ok()) {
    if (config.data().has_train()) CheckData("data.train", config.data().train(), **verifier, problems);
    if (config.data().has_eval()) CheckData("data.eval", config.data().eval(), **verifier, problems);
  }
  if (config.policy().has_model()) CheckModel(config, problems);
}

}  // namespace rubato
