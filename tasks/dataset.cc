#include "tasks/dataset.h"

#include <string_view>

#include "common/concat.h"
#include "common/file.h"
#include "common/problems.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr size_t kMostProblems = 10;

absl::StatusOr<std::string> UserTurn(const Json& messages, std::string_view key) {
  if (messages.array().size() != 1) {
    return absl::InvalidArgumentError(Concat("\"", key, "\" holds ", messages.array().size(),
                                             " messages; only a single user message is supported"));
  }
  const Json& message = messages.array().front();
  const absl::StatusOr<std::string> role = message.GetString("role");
  if (!role.ok()) return Annotate(role.status(), Concat("the message in \"", key, "\""));
  if (*role != "user") {
    return absl::InvalidArgumentError(
        Concat("\"", key, "\" holds a \"", *role, "\" message; only a single user message is supported"));
  }
  const absl::StatusOr<std::string> content = message.GetString("content");
  if (!content.ok()) return Annotate(content.status(), Concat("the message in \"", key, "\""));
  return *content;
}

absl::StatusOr<std::string> PromptOf(const Json& row) {
  if (!row.is_object()) return absl::InvalidArgumentError("a row is a JSON object");
  const std::string_view key =
      row.Find("prompt") == nullptr && row.Find("input") != nullptr ? "input" : "prompt";
  const Json* prompt = row.Find(key);
  ASSIGN_OR_RETURN(const std::string text,
                   prompt != nullptr && prompt->is_array() ? UserTurn(*prompt, key) : row.GetString(key));
  if (text.empty()) return absl::InvalidArgumentError(Concat("\"", key, "\" is empty"));
  return text;
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
  absl::StatusOr<std::string> prompt = PromptOf(json);
  if (!prompt.ok()) return Annotate(prompt.status(), place);
  if (check != nullptr) RETURN_IF_ERROR(Annotate(check(json), place));
  row.prompt = *std::move(prompt);
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
