// Bytes as they arrive, taken out again line by line. A value of one thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rubato {

class LineBuffer {
 public:
  void Add(std::string_view bytes) { bytes_ += bytes; }

  // The next whole line, without its newline.
  std::optional<std::string> Take() {
    const size_t end = bytes_.find('\n', begin_ + searched_);
    if (end == std::string::npos) {
      bytes_.erase(0, begin_);
      begin_ = 0;
      searched_ = bytes_.size();
      return std::nullopt;
    }
    std::string line = bytes_.substr(begin_, end - begin_);
    begin_ = end + 1;
    searched_ = 0;
    return line;
  }

  // Bytes of lines that were not taken.
  size_t size() const { return bytes_.size() - begin_; }

 private:
  std::string bytes_;
  size_t begin_ = 0;     // of the next line
  size_t searched_ = 0;  // bytes from begin_ on that hold no newline
};

}  // namespace rubato
