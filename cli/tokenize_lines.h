// One line of `rubato tokenize`.  Immutable: any thread may answer.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/json_lines_request.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace rubato {

struct TokenizeOptions {
  bool decode = false;
  bool no_special = false;    // {"text"}: without what the post-processor adds
  bool skip_special = false;  // decode: without special tokens
  std::string date = "";      // "YYYY-MM-DD" for strftime_now; empty: today
};

class LineTokenizer {
 public:
  // `chat` is what ChatTemplate::Load gave for the directory `model`; an error in it matters to messages
  // only.
  LineTokenizer(std::string model, Tokenizer tokenizer, absl::StatusOr<std::optional<ChatTemplate>> chat,
                TokenizeOptions options)
      : model_(std::move(model)),
        tokenizer_(std::move(tokenizer)),
        chat_(std::move(chat)),
        options_(std::move(options)) {}

  // The answer to a line.  INVALID_ARGUMENT: what is wrong with it; names neither file nor line number.
  absl::StatusOr<std::string> Answer(const std::string& line) const;

 private:
  absl::StatusOr<std::string> Encode(const JsonRequest& request, std::string_view line) const;
  absl::StatusOr<std::string> Decode(const JsonRequest& request) const;
  absl::StatusOr<std::vector<int32_t>> EncodeText(const JsonRequest& request) const;
  absl::StatusOr<std::vector<int32_t>> EncodeMessages(const JsonRequest& request,
                                                      std::string_view line) const;

  std::string model_;
  Tokenizer tokenizer_;
  absl::StatusOr<std::optional<ChatTemplate>> chat_;
  TokenizeOptions options_;
};

}  // namespace rubato
