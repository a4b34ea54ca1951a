#include "cli/tokenize_lines.h"

#include <limits>
#include <vector>

#include "common/concat.h"
#include "common/json.h"
#include "common/json_lines_answer.h"
#include "common/status.h"
#include "text/chat_input.h"

namespace rubato {

namespace {

absl::StatusOr<std::vector<int32_t>> ReadIds(const Json& object) {
  ASSIGN_OR_RETURN(const Json::Array* list, object.GetArray("ids"));
  std::vector<int32_t> ids;
  ids.reserve(list->size());
  for (const Json& entry : *list) {
    const absl::StatusOr<int64_t> id = entry.AsInt();
    if (!id.ok() || *id < 0 || *id > std::numeric_limits<int32_t>::max()) {
      return absl::InvalidArgumentError(
          Concat("\"ids\"[", ids.size(), "] is ", entry.Dump(), ", which is no token id"));
    }
    ids.push_back(static_cast<int32_t>(*id));
  }
  return ids;
}

// Arguments of apply_chat_template that would be taken for variables, and change nothing.
absl::Status CheckMembers(const Json& object) {
  if (object.Find("chat_template") != nullptr) {
    return absl::InvalidArgumentError(
        "has a \"chat_template\"; the template is that of the model directory, in chat_template.jinja");
  }
  const Json* continues = object.Find("continue_final_message");
  if (continues == nullptr || *continues == Json(false)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "\"continue_final_message\" is not supported; give \"add_generation_prompt\", or end the messages "
      "before");
}

}  // namespace

absl::StatusOr<std::string> LineTokenizer::Answer(const std::string& line) const {
  ASSIGN_OR_RETURN(const JsonRequest request, ParseJsonRequest(line));
  absl::StatusOr<std::string> answer = options_.decode ? Decode(request) : Encode(request, line);
  // Also for a member that is missing.
  if (!answer.ok()) return absl::InvalidArgumentError(answer.status().message());
  return answer;
}

absl::StatusOr<std::string> LineTokenizer::Encode(const JsonRequest& request, std::string_view line) const {
  const bool text = request.object.Find("text") != nullptr;
  const bool messages = request.object.Find("messages") != nullptr;
  if (text == messages) {
    const bool ids = !text && request.object.Find("ids") != nullptr;
    return absl::InvalidArgumentError(
        Concat(text ? "has both \"text\" and \"messages\"" : "has neither \"text\" nor \"messages\"",
               ids ? "; ids become text with --decode" : ", one of them is needed"));
  }
  ASSIGN_OR_RETURN(const std::vector<int32_t> ids,
                   text ? EncodeText(request) : EncodeMessages(request, line));
  JsonAnswer answer(request.id);
  answer.Add("ids", ids);
  return answer.Take();
}

absl::StatusOr<std::vector<int32_t>> LineTokenizer::EncodeText(const JsonRequest& request) const {
  ASSIGN_OR_RETURN(const std::string text, request.object.GetString("text"));
  return tokenizer_.Encode(
      text, options_.no_special ? Tokenizer::Adding::kNothing : Tokenizer::Adding::kSpecialTokens);
}

absl::StatusOr<std::vector<int32_t>> LineTokenizer::EncodeMessages(const JsonRequest& request,
                                                                   std::string_view line) const {
  RETURN_IF_ERROR(CheckMembers(request.object));
  if (!chat_.ok()) return chat_.status();
  if (!chat_->has_value()) {
    return absl::InvalidArgumentError(
        Concat("has \"messages\", but ", model_,
               " has no chat template: neither chat_template.jinja nor \"chat_template\" in "
               "tokenizer_config.json"));
  }
  ASSIGN_OR_RETURN(ChatInput input, ChatInput::FromJson(line));
  if (!options_.date.empty()) RETURN_IF_ERROR(input.SetDate(options_.date));
  ASSIGN_OR_RETURN(const RenderedChat chat, (*chat_)->Render(input));
  // The template has written the special tokens that belong there.
  Tokenizer::EncodeOptions options;
  options.adding = Tokenizer::Adding::kNothing;
  options.content = chat.content;
  return tokenizer_.Encode(chat.text, options);
}

absl::StatusOr<std::string> LineTokenizer::Decode(const JsonRequest& request) const {
  ASSIGN_OR_RETURN(const std::vector<int32_t> ids, ReadIds(request.object));
  JsonAnswer answer(request.id);
  answer.Add("text", tokenizer_.Decode(
                         ids, options_.skip_special ? Tokenizer::Special::kSkip : Tokenizer::Special::kKeep));
  return answer.Take();
}

}  // namespace rubato
