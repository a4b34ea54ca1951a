#include "rollout/inspect_command.h"

#include "common/arguments.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/problems.h"
#include "common/status.h"
#include "policy/unused_ids.h"
#include "rollout/model_card.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace rubato {

const char kInspectHelp[] = R"(Says what a model directory is, and all that is wrong with it

  rubato inspect DIR [--context N] [--json]

Reads everything, weights included, in a few MB of memory: family, sizes, types on disk, RoPE, tokenizer, chat template,
end tokens, sampling defaults, parameters, memory, digests. A directory that Rubato refuses has its problems listed, all at
once.

  --context N       tokens of a sequence, for the memory (as many as the model was made for)
  --json            one JSON object instead of lines

Exit codes: 0 nothing is wrong, 64 usage, 65 something is, 74 cannot write.

  rubato inspect examples/countdown/base
)";

namespace {

// Of tokenizer.json, which text/ has found sound.
void ReadTokenizerKind(const std::string& directory, ModelCard* card) {
  const absl::StatusOr<std::string> text = ReadFile(directory + "/tokenizer.json");
  if (!text.ok()) return;
  const absl::StatusOr<Json> json = Json::Parse(*text, "tokenizer.json", {.max_bytes = text->size()});
  const Json* model = json.ok() ? json->Find("model") : nullptr;
  if (model == nullptr) return;
  const Json* merges = model->Find("merges");
  // Old files do not say what the model is: only a BPE has merges.
  card->tokenizer_kind = model->GetStringOr("type", merges != nullptr ? "BPE" : "WordLevel").value_or("");
  if (card->tokenizer_kind == "BPE" && merges != nullptr) {
    card->merges = static_cast<int64_t>(merges->array().size());
  }
}

void AddTokenizer(ModelCard* card) {
  const absl::StatusOr<Tokenizer> tokenizer = Tokenizer::Load(card->directory);
  if (!tokenizer.ok()) return;
  ReadTokenizerKind(card->directory, card);
  const ModelConfig& config = card->inspection.config;
  if (config.vocab > 0) {
    const absl::StatusOr<UnusedIds> unused = UnusedIds::Find(*tokenizer, config.vocab);
    card->unused_rows = unused.ok() ? unused->count() : config.vocab;
  }
  std::string ends;
  for (const int32_t id : config.end_token_ids) {
    ends.append(ends.empty() ? "" : " ").append(tokenizer->TokenOf(id).value_or("(no token)"));
  }
  card->end_tokens = ends;
}

void AddSampling(ModelCard* card) {
  const absl::StatusOr<std::string> text = ReadFile(card->directory + "/generation_config.json");
  if (!text.ok()) return;
  const absl::StatusOr<Json> json = Json::Parse(*text);
  Problems known;  // the inspection has them
  if (json.ok()) card->sampling = ParseGenerationConfig(*json, card->inspection.config.vocab, &known);
}

void AddMemory(int64_t context, ModelCard* card) {
  const ModelConfig& config = card->inspection.config;
  card->context = context > 0 ? context : config.max_positions;
  const int64_t slab = card->inspection.parameters * static_cast<int64_t>(sizeof(float));
  card->rank_bytes = slab * (4 + 2);
  card->worker_bytes = slab * 2;
  card->sequence_bytes =
      card->context * 2 * config.layers * config.kv_width() * static_cast<int64_t>(sizeof(float));
}

}  // namespace

absl::StatusOr<InspectOptions> ParseInspectArguments(const std::vector<std::string>& arguments) {
  InspectOptions options;
  ArgumentParser parser;
  parser.Count("context", &options.context, 1, int64_t{1} << 40);
  parser.Switch("json", &options.json);
  ASSIGN_OR_RETURN(const std::vector<std::string> others, parser.Parse(arguments));
  if (others.empty()) return UsageError("which model? Give its directory");
  if (others.size() > 1) {
    return UsageError(Concat("one directory at a time, not ", others[0], " and ", others[1]));
  }
  options.directory = others[0];
  return options;
}

absl::Status RunInspect(const InspectOptions& options, std::ostream& out) {
  ModelCard card;
  card.directory = options.directory;
  ASSIGN_OR_RETURN(card.inspection, InspectModelDirectory(options.directory));
  AddTokenizer(&card);
  const absl::StatusOr<std::optional<ChatTemplate>> chat = ChatTemplate::Load(options.directory);
  card.chat_template = chat.ok() && chat->has_value();
  AddSampling(&card);
  AddMemory(options.context, &card);
  out << (options.json ? ModelCardToJson(card).Pretty() + "\n" : RenderModelCard(card));
  return ToStatus(options.directory, card.inspection);
}

}  // namespace rubato
