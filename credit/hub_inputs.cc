#include "credit/hub_inputs.h"

#include "common/bytes.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/model_digest.h"
#include "common/problems.h"
#include "common/status.h"
#include "credit/credit_options.h"
#include "credit/model_limits.h"
#include "stats/model_shape.h"
#include "tasks/dataset.h"
#include "tasks/verifier.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

// What turns a row into a prompt that fits the model.
struct Renderer {
  Tokenizer tokenizer;
  std::optional<ChatTemplate> chat_template;
  std::unique_ptr<Verifier> verifier;
  ModelLimits limits;
  const RunConfig* config;

  // The template has written the special tokens of a chat; what its messages hold is text.
  absl::StatusOr<std::vector<int32_t>> EncodeChat(ChatInput chat) const {
    const DataSection& data = config->data();
    RETURN_IF_ERROR(chat.SetDefaults(data.chat_template_kwargs(), "data.chat_template_kwargs"));
    RETURN_IF_ERROR(Annotate(chat.SetDate(data.chat_date()), "data.chat_date"));
    ASSIGN_OR_RETURN(const RenderedChat rendered, chat_template->Render(chat));
    return tokenizer.Encode(rendered.text,
                            {.adding = Tokenizer::Adding::kNothing, .content = rendered.content});
  }

  absl::StatusOr<HubPrompt> Render(const DataRow& row) const {
    ASSIGN_OR_RETURN(const std::vector<int32_t> ids,
                     row.chat ? EncodeChat(*row.chat) : tokenizer.Encode(row.prompt));
    if (ids.empty()) return absl::InvalidArgumentError("the prompt has no tokens");
    const uint64_t max_new_tokens = config->rollout().max_new_tokens();
    if (ids.size() + max_new_tokens > limits.max_positions) {
      return absl::InvalidArgumentError(
          Concat("the prompt has ", ids.size(), " tokens; with rollout.max_new_tokens ", max_new_tokens,
                 " that exceeds the model's ", limits.max_positions, " positions"));
    }
    return HubPrompt{PackInt32(ids), row.json};
  }
};

constexpr size_t kMostProblems = 10;

std::vector<HubPrompt> LoadPrompts(const std::string& path, const Renderer& renderer, Problems* problems) {
  const absl::StatusOr<Dataset> rows =
      LoadDataset(path, [&](const Json& row) { return renderer.verifier->CheckRow(row); });
  std::vector<HubPrompt> prompts;
  if (!rows.ok()) {
    problems->Add(std::string(rows.status().message()));
    return prompts;
  }
  size_t wrong = 0;
  for (const DataRow& row : *rows) {
    if (row.chat && !renderer.chat_template) {
      problems->Add(
          Concat(path, ":", row.line, ": the prompt is a list of messages, but the model directory ",
                 renderer.config->policy().model(),
                 " has no chat template. Give it a chat_template.jinja, or write prompts as texts"));
      return prompts;
    }
    absl::StatusOr<HubPrompt> prompt = renderer.Render(row);
    if (prompt.ok()) {
      prompts.push_back(*std::move(prompt));
    } else if (++wrong <= kMostProblems) {
      problems->Add(Concat(path, ":", row.line, ": ", prompt.status().message()));
    }
  }
  return prompts;
}

absl::StatusOr<Renderer> MakeRenderer(const RunConfig& config) {
  ASSIGN_OR_RETURN(ModelLimits limits, LoadModelLimits(config.policy().model()));
  ASSIGN_OR_RETURN(Tokenizer tokenizer, Tokenizer::Load(config.policy().model()));
  absl::StatusOr<std::optional<ChatTemplate>> chat_template = ChatTemplate::Load(config.policy().model());
  RETURN_IF_ERROR(chat_template.status());
  ASSIGN_OR_RETURN(std::unique_ptr<Verifier> verifier, MakeVerifier(config.task().verifier()));
  return Renderer{std::move(tokenizer), *std::move(chat_template), std::move(verifier), std::move(limits),
                  &config};
}

std::string DataDigest(const HubInputs& inputs) {
  Sha256Stream stream;
  for (const std::vector<HubPrompt>* prompts : {&inputs.train, &inputs.eval}) {
    std::string size;
    AppendNumber(static_cast<uint64_t>(prompts->size()), &size);
    stream.Add(size);
    for (const HubPrompt& prompt : *prompts) {
      stream.Add(AsBytes(Sha256(prompt.ids)));
      stream.Add(AsBytes(Sha256(prompt.row_json)));
    }
  }
  return std::string(AsBytes(stream.Finish()));
}

}  // namespace

absl::Status DeriveInputs(HubInputs* inputs) {
  const RunConfig& config = inputs->config;
  ASSIGN_OR_RETURN(inputs->credit, ResolveCreditSettings(config.credit()));
  inputs->config_digest = std::string(AsBytes(ConfigDigest(config)));
  inputs->data_digest = DataDigest(*inputs);
  inputs->plan = {.rows = inputs->train.size(),
                  .steps = config.run().steps(),
                  .groups_per_step = config.batch().groups(),
                  .group_size = config.batch().group_size(),
                  .max_staleness = config.rollout().max_staleness()};
  inputs->eval_plan = {.data_rows = inputs->eval.size(),
                       .every = config.eval().every(),
                       .rows = config.eval().rows(),
                       .rows_between = config.eval().rows_between(),
                       .samples_per_row = config.eval().samples_per_row(),
                       .steps = config.run().steps()};
  inputs->group_rules.min_ok =
      ResolveMinOk(static_cast<int>(config.batch().min_ok()), static_cast<int>(config.batch().group_size()));
  inputs->group_rules.keep_zero_variance = config.batch().keep_zero_variance();
  inputs->intake.temperature = config.rollout().temperature();
  inputs->intake.max_new_tokens = config.rollout().max_new_tokens();
  inputs->intake.tokenizer_digest = inputs->tokenizer_digest;
  inputs->intake.config_digest = inputs->config_digest;
  EncodeCapture(inputs->intake.capture, &inputs->capture);
  return absl::OkStatus();
}

absl::StatusOr<HubInputs> LoadHubInputs(const RunConfig& given) {
  HubInputs inputs;
  inputs.config = given;
  ResolveDefaults(&inputs.config);
  RETURN_IF_ERROR(FillFromPreset(inputs.config.mutable_credit()));
  const RunConfig& config = inputs.config;

  Problems problems;
  ValidateCreditOptions(config, &problems);
  RETURN_IF_ERROR(problems.ToStatus());
  ASSIGN_OR_RETURN(const ModelDigests digests, DigestModelDirectory(config.policy().model()));
  ASSIGN_OR_RETURN(const ModelShape shape, LoadModelShape(config.policy().model()));
  ASSIGN_OR_RETURN(const Renderer renderer, MakeRenderer(config));
  ASSIGN_OR_RETURN(const CreditSettings credit, ResolveCreditSettings(config.credit()));
  inputs.model_config_digest = std::string(AsBytes(digests.config));
  inputs.tokenizer_digest = std::string(AsBytes(digests.tokenizer));
  inputs.intake.vocabulary = renderer.limits.vocabulary;
  inputs.intake.end_ids = renderer.limits.end_ids;
  inputs.intake.capture = CaptureFor(credit, shape);

  inputs.train = LoadPrompts(config.data().train(), renderer, &problems);
  if (config.data().has_eval() && !config.data().eval().empty()) {
    inputs.eval = LoadPrompts(config.data().eval(), renderer, &problems);
  }
  RETURN_IF_ERROR(problems.ToStatus());
  RETURN_IF_ERROR(DeriveInputs(&inputs));
  return inputs;
}

}  // namespace rubato
