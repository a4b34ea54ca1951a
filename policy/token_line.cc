#include "policy/token_line.h"

#include <utility>

#include "common/concat.h"
#include "common/json_lines_request.h"
#include "common/status.h"

namespace rubato {

namespace {

absl::StatusOr<std::vector<int32_t>> ReadIds(const Json& object, int vocab) {
  ASSIGN_OR_RETURN(const Json::Array* list, object.GetArray("ids"));
  if (list->empty()) return absl::InvalidArgumentError("\"ids\" is empty, at least one token is needed");
  if (list->size() > kLongestTokenLine) {
    return absl::InvalidArgumentError(
        Concat("\"ids\" holds ", list->size(), " tokens, at most ", kLongestTokenLine, " are taken"));
  }
  std::vector<int32_t> ids;
  ids.reserve(list->size());
  for (const Json& entry : *list) {
    const absl::StatusOr<int64_t> id = entry.AsInt();
    if (!id.ok() || *id < 0 || *id >= vocab) {
      return absl::InvalidArgumentError(Concat("\"ids\"[", ids.size(), "] is ", entry.Dump(),
                                               ", the model's token ids are 0 to ", vocab - 1));
    }
    ids.push_back(static_cast<int32_t>(*id));
  }
  return ids;
}

}  // namespace

absl::StatusOr<TokenLine> ReadTokenLine(const std::string& text, int vocab) {
  ASSIGN_OR_RETURN(JsonRequest request, ParseJsonRequest(text));
  TokenLine line;
  line.id = std::move(request.id);
  ASSIGN_OR_RETURN(line.ids, ReadIds(request.object, vocab));
  ASSIGN_OR_RETURN(line.prompt_len, request.object.GetInt("prompt_len"));
  const int64_t count = static_cast<int64_t>(line.ids.size());
  if (line.prompt_len < 1 || line.prompt_len > count) {
    return absl::InvalidArgumentError(
        Concat("\"prompt_len\" is ", line.prompt_len, ", it must be from 1 to the number of ids, ", count,
               line.prompt_len == 0 ? ": no distribution emits the first token" : ""));
  }
  return line;
}

}  // namespace rubato
