#include "common/json_lines_request.h"

#include <algorithm>

#include "common/concat.h"

namespace rubato {
namespace {

// Of a JSON text that is known to be sound.  Each function gives the place behind what begins at `at`.

size_t SkipSpace(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

size_t SkipString(std::string_view text, size_t at) {
  for (++at; text[at] != '"'; ++at) at += text[at] == '\\';
  return at + 1;
}

size_t SkipValue(std::string_view text, size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = SkipString(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return at;
}

// The text of the member "id" of a sound object; empty if there is none of exactly that spelling.
std::string_view TextOfId(std::string_view text) {
  size_t at = SkipSpace(text, text.find('{') + 1);
  while (at < text.size() && text[at] == '"') {
    const size_t key_end = SkipString(text, at);
    const bool is_id = text.substr(at, key_end - at) == "\"id\"";
    const size_t value = SkipSpace(text, SkipSpace(text, key_end) + 1);  // behind the colon
    const size_t end = SkipValue(text, value);
    if (is_id) return text.substr(value, text.find_last_not_of(" \t\r\n", end - 1) + 1 - value);
    at = SkipSpace(text, std::min(SkipSpace(text, end) + 1, text.size()));  // behind the comma
  }
  return "";
}

}  // namespace

absl::StatusOr<JsonRequest> ParseJsonRequest(std::string_view line) {
  constexpr std::string_view kWhere = "JSON:1: ";  // what Parse says of a line that it knows no name of
  absl::StatusOr<Json> object = Json::Parse(line, "", {.max_depth = 128});
  if (!object.ok()) {
    std::string message(object.status().message());
    if (message.starts_with(kWhere)) message.erase(0, kWhere.size());
    return absl::InvalidArgumentError(message);
  }
  if (!object->is_object()) {
    return absl::InvalidArgumentError(Concat("holds ", object->TypeName(), ", an object is needed"));
  }
  JsonRequest request;
  if (const Json* id = object->Find("id"); id != nullptr) {
    request.id = std::string(TextOfId(line));
    if (request.id.empty()) request.id = id->Dump();
  }
  request.object = *std::move(object);
  return request;
}

}  // namespace rubato
