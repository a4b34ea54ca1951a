// Lines into a file or to standard output.
//
// A file is written in large pieces, anything else line by line, so that whoever reads a pipe or looks at a
// terminal sees each line when it is made.  A file keeps what it held until the first line is written or
// Finish is called.
//
// Movable; owned by one thread.  The destructor writes nothing: call Finish.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/json_lines_reader.h"
#include "common/unique_fd.h"

namespace rubato {

class JsonLinesWriter {
 public:
  // "-" is standard output.  Every error of this class ends the program with 74 and names the path, but for
  // one: UsageError when `path` is the file that `in` reads.
  static absl::StatusOr<JsonLinesWriter> Open(const std::string& path, const JsonLinesReader& in);

  // Adds `line` and a line feed.
  absl::Status Write(std::string_view line);
  // Writes what is still held back.
  absl::Status Finish();

 private:
  JsonLinesWriter(std::string name, UniqueFd fd, bool is_file)
      : name_(std::move(name)), fd_(std::move(fd)), is_file_(is_file) {}
  absl::Status Flush();

  std::string name_;
  UniqueFd fd_;
  bool is_file_;
  bool emptied_ = false;  // what an existing file held is gone
  std::string held_;
};

}  // namespace rubato
