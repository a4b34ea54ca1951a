// A rubato-credit under strace, for tests that watch or bend its system calls.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/process.h"

namespace rubato {

struct TracedHub {
  std::optional<Subprocess> process;
  std::string address;  // empty: it never answered, `log` says why

  // `strace`: its arguments; none: the hub runs untraced.  Waits until the hub answers or ends.
  static TracedHub Start(const std::string& directory, const std::vector<std::string>& strace);
};

inline constexpr char kStrace[] = "/usr/bin/strace";

}  // namespace rubato
