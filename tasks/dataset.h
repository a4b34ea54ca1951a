// A data set: one JSON object a line, each with a prompt and whatever its verifier needs.
//
// The prompt of a row is its `prompt` (verl, TRL, and ours) or else its `input` (OpenRLHF): either a text,
// which is used as it stands, or a list of chat messages [{"role": "user", "content": ...}, ...], which the
// model's chat template renders, with the row's `tools` and `chat_template_kwargs` if it has them. Other
// fields travel to the verifier untouched.
//
// Plain data after loading; any thread may read it.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/digest.h"
#include "common/json.h"
#include "text/chat_input.h"

namespace rubato {

struct DataRow {
  int line = 0;                   // of its file, from 1
  std::string prompt;             // a text; empty where there is a chat
  std::optional<ChatInput> chat;  // messages instead
  // The whole row, compact, keys sorted: what a lease carries and a verifier reads.
  std::string json;
  // SHA-256 of `json`. Says what a row is, not which: two equal rows of a file share it.
  Digest content_id;
};

using Dataset = std::vector<DataRow>;

// What a row must have besides a prompt. The error names the field and what is wrong with it.
using RowCheck = std::function<absl::Status(const Json& row)>;

// Reads every row; blank lines are skipped. The order is that of the file.
// NOT_FOUND: no such file. INVALID_ARGUMENT: malformed rows, up to ten of them at once, each as `file:line:
// what`, or a file without rows.
absl::StatusOr<Dataset> LoadDataset(const std::string& path, const RowCheck& check = nullptr);

}  // namespace rubato
