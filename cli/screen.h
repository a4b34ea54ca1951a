// The terminal of a run: lines that stay, and below them one line that is rewritten in place.
//
// Owned by one thread.  Text is written as it is: escape what comes from a model or a file.

#pragma once

#include <cstddef>
#include <ostream>
#include <string>

namespace rubato {

class Screen {
 public:
  // `live`: `out` is a terminal that can rewrite a line.  Otherwise Status does nothing.
  Screen(std::ostream& out, bool live) : out_(out), live_(live) {}
  ~Screen() { Status(""); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool live() const { return live_; }
  // Each line of `text` on a line of its own, above the status line.
  void Line(const std::string& text);
  void Status(const std::string& line);

 private:
  std::ostream& out_;
  bool live_;
  std::string status_;
};

// Of the terminal on standard output; 100 if it does not say.
size_t TerminalColumns();

}  // namespace rubato
