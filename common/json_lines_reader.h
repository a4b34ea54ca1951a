// The lines of a file or of standard input, as they arrive.
//
// A line ends with a line feed, the last one may lack it; lines that are empty or hold only spaces are
// skipped but counted.  Memory is bounded: a line of more than kMaxLineBytes is an error.
//
// Movable; owned by one thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace rubato {

struct JsonLine {
  int64_t number = 0;  // from 1
  std::string text;    // without its end
};

class JsonLinesReader {
 public:
  static constexpr size_t kMaxLineBytes = size_t{64} << 20;

  // "-" is standard input.  NOT_FOUND (exit 65): no such file; INVALID_ARGUMENT: it is a directory.
  static absl::StatusOr<JsonLinesReader> Open(const std::string& path);

  // Waits for the next line, then takes those behind it that are there without waiting, until `most_lines` or
  // `most_bytes` are reached: whoever writes a line and waits for its answer gets it, and a file is read in
  // large pieces.  Empty: the end.  INVALID_ARGUMENT "NAME:LINE: ..." for a line that is too long.
  absl::StatusOr<std::vector<JsonLine>> Next(size_t most_lines, size_t most_bytes);

  // For messages: the path, or "standard input".
  const std::string& name() const { return name_; }
  int fd() const { return fd_.get(); }

 private:
  JsonLinesReader(std::string name, UniqueFd fd) : name_(std::move(name)), fd_(std::move(fd)) {}
  absl::Status Fill();
  bool TakeLine(std::vector<JsonLine>* lines);
  bool MoreIsThere() const;

  std::string name_;
  UniqueFd fd_;
  std::string buffer_;    // read but not taken: from begin_ on
  size_t begin_ = 0;      // of the next line
  size_t searched_ = 0;   // no line feed in [begin_, searched_)
  int64_t number_ = 0;    // of the last line that was taken
  bool at_end_ = false;   // nothing comes behind buffer_
  absl::Status failure_;  // told once the lines before it have been taken
};

}  // namespace rubato
