#include "tasks/dataset.h"

#include <string_view>

#include "common/concat.h"
#include "common/file.h"
#include "common/problems.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr size_t kMostProblems = 10;

// The member that holds the prompt.
std::string_view PromptKey(const Json& row) {
  return row.Find("prompt") == nullptr && row.Find("input") != nullptr ? "input" : "prompt";
}

absl::Status ReadPrompt(const Json& row, std::string_view line, DataRow* result) {
  if (!row.is_object()) return absl::InvalidArgumentError("a row is a JSON object");
  const std::string_view key = PromptKey(row);
  if (const Json* prompt = row.Find(key); prompt != nullptr && prompt->is_array()) {
    absl::StatusOr<ChatInput> chat = ChatInput::FromRow(line, key);
    if (!chat.ok()) return Annotate(chat.status(), Concat("\"", key, "\" is a list of messages, and"));
    result->chat = *std::move(chat);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(result->prompt, row.GetString(key));
  if (result->prompt.empty()) return absl::InvalidArgumentError(Concat("\"", key, "\" is empty"));
  return absl::OkStatus();
}

// Every message names path and line.
absl::StatusOr<DataRow> ParseRow(std::string_view line, int number, const std::string& path,
                                 const RowCheck& check) {
  JsonOptions options;
  options.first_line = number;
  ASSIGN_OR_RETURN(const Json json, Json::Parse(line, path, options));
  const std::string place = Concat(path, ":", number);
  DataRow row;
  row.line = number;
  RETURN_IF_ERROR(Annotate(ReadPrompt(json, line, &row), place));
  if (check != nullptr) RETURN_IF_ERROR(Annotate(check(json), place));
  row.json = json.Dump();
  row.content_id = Sha256(row.json);
  return row;
}

}  // namespace

absl::StatusOr<Dataset> LoadDataset(const std::string& path, const RowCheck& check) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  Dataset rows;
  Problems problems;
  std::string_view rest = text;
  for (int number = 1; !rest.empty() && problems.list().size() < kMostProblems; ++number) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    absl::StatusOr<DataRow> row = ParseRow(line, number, path, check);
    if (row.ok()) {
      rows.push_back(*std::move(row));
    } else {
      problems.Add(std::string(row.status().message()));
    }
  }
  RETURN_IF_ERROR(problems.ToStatus());
  if (rows.empty()) return absl::InvalidArgumentError(Concat(path, ": holds no rows"));
  return rows;
}

}  // namespace rubato
