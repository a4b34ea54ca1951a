// Renders chats with templates, for comparison with `transformers` (tests/oracle/make_template_goldens.py).
//
// Each line of the input is {"template": text, "input": JSON text, "date": "YYYY-MM-DD"}; each of the output
// {"text": ..., "content": [[begin, end], ...]}, {"error": ...} or, of a template that is refused,
// {"parse_error": ...}.

#include <iostream>
#include <string>

#include "common/json.h"
#include "common/status.h"
#include "text/chat_template.h"

namespace rubato {
namespace {

Json Rendered(const RenderedChat& chat) {
  Json ranges{Json::Array()};
  for (const TextRange& range : chat.content) {
    Json pair;
    pair.Append(range.begin);
    pair.Append(range.end);
    ranges.Append(std::move(pair));
  }
  Json result;
  result.Set("text", chat.text);
  result.Set("content", std::move(ranges));
  return result;
}

absl::StatusOr<Json> Render(const Json& row) {
  ASSIGN_OR_RETURN(const std::string source, row.GetString("template"));
  ASSIGN_OR_RETURN(const std::string json, row.GetString("input"));
  ASSIGN_OR_RETURN(const std::string date, row.GetString("date"));
  const absl::StatusOr<ChatTemplate> chat_template = ChatTemplate::Parse(source, "t");
  if (!chat_template.ok()) {
    Json refusal;
    refusal.Set("parse_error", std::string(chat_template.status().message()));
    return refusal;
  }
  ASSIGN_OR_RETURN(ChatInput input, ChatInput::FromJson(json));
  RETURN_IF_ERROR(input.SetDate(date));
  ASSIGN_OR_RETURN(const RenderedChat chat, chat_template->Render(input));
  return Rendered(chat);
}

}  // namespace
}  // namespace rubato

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const absl::StatusOr<rubato::Json> row = rubato::Json::Parse(line, "stdin");
    absl::StatusOr<rubato::Json> result = row.ok() ? rubato::Render(*row) : row.status();
    if (!result.ok()) {
      rubato::Json error;
      error.Set("error", std::string(result.status().message()));
      result = std::move(error);
    }
    std::cout << result->Dump() << std::endl;
  }
}
