#include "common/json_lines_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <string_view>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

absl::StatusOr<JsonLinesReader> JsonLinesReader::Open(const std::string& path) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path;
  UniqueFd fd(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                       : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", name, errno);
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return FileError("stat", name, errno);
  if (S_ISDIR(info.st_mode)) return absl::InvalidArgumentError(Concat(name, " is a directory, not a file"));
  return JsonLinesReader(name, std::move(fd));
}

absl::StatusOr<std::vector<JsonLine>> JsonLinesReader::Next(size_t most_lines, size_t most_bytes) {
  std::vector<JsonLine> lines;
  size_t bytes = 0;
  while (lines.size() < most_lines && bytes < most_bytes) {
    if (TakeLine(&lines)) {
      bytes += lines.back().text.size();
      continue;
    }
    if (at_end_ || (!lines.empty() && (!failure_.ok() || !MoreIsThere()))) break;
    // What came before an error is answered before it is told.
    if (failure_.ok()) failure_ = Fill();
    if (!failure_.ok() && lines.empty()) return failure_;
  }
  return lines;
}

// The next line that is not blank, if all of it is in the buffer.
bool JsonLinesReader::TakeLine(std::vector<JsonLine>* lines) {
  while (begin_ < buffer_.size()) {
    size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
      searched_ = buffer_.size();
      if (!at_end_) return false;
      end = buffer_.size();
    }
    const std::string_view text = std::string_view(buffer_).substr(begin_, end - begin_);
    begin_ = searched_ = std::min(end + 1, buffer_.size());
    ++number_;
    if (IsBlank(text)) continue;
    lines->push_back({number_, std::string(text)});
    return true;
  }
  return false;
}

absl::Status JsonLinesReader::Fill() {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  if (buffer_.size() > kMaxLineBytes) {
    return absl::InvalidArgumentError(
        Concat(name_, ":", number_ + 1, ": a line of more than ", kMaxLineBytes, " bytes"));
  }
  const size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  ssize_t got;
  do got = ::read(fd_.get(), buffer_.data() + size, kReadBytes);
  while (got < 0 && errno == EINTR);
  const int error = errno;
  buffer_.resize(size + std::max<ssize_t>(got, 0));
  if (got < 0) return FileError("read", name_, error);
  at_end_ = got == 0;
  return absl::OkStatus();
}

bool JsonLinesReader::MoreIsThere() const {
  pollfd poll_fd = {fd_.get(), POLLIN, 0};
  return ::poll(&poll_fd, 1, 0) > 0;
}

}  // namespace rubato
