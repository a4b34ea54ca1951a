#include "cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace rubato {

namespace {
constexpr char kEraseLine[] = "\r\x1b[K";
}  // namespace

void Screen::Line(const std::string& text) {
  if (!status_.empty()) out_ << kEraseLine;
  out_ << text << '\n' << status_ << std::flush;
}

void Screen::Status(const std::string& line) {
  if (!live_ || line == status_) return;
  out_ << kEraseLine << line << std::flush;
  status_ = line;
}

size_t TerminalColumns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

}  // namespace rubato
