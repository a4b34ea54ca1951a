// A command that answers JSON lines with JSON lines: {"id": ..., what is asked} gives {"id": the same, the
// answer}, in the order of the input.  Blocks the calling thread.

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/json_lines_reader.h"
#include "common/json_lines_writer.h"

namespace rubato {

// How much is answered together at most.  What has not arrived yet is never waited for.
struct JsonLinesBatch {
  size_t lines = 256;
  size_t bytes = size_t{1} << 20;
};

// Gives one answer per line, in their order; may leave out what comes behind the first error.
using AnswerJsonLines = std::function<std::vector<absl::StatusOr<std::string>>(std::span<const JsonLine>)>;

// To the end of the input, or to the first error: that of an answer comes back as "NAME:LINE: ..."; the
// answers to the lines before it are written.
absl::Status RunJsonLines(JsonLinesReader* in, JsonLinesWriter* out, const JsonLinesBatch& batch,
                          const AnswerJsonLines& answer);

}  // namespace rubato
