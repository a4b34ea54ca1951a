// The end of a role's log, for people.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rubato {

// The last `count` lines of a text, each as one line that is safe on a terminal: events (common/log.h) as
// "time event key=value ...", anything else escaped as it stands.  Long lines are cut.
std::vector<std::string> RenderLogTail(std::string_view text, size_t count);

// The same of what a file holds from byte `from` on; a file that cannot be read has no lines.
std::vector<std::string> ReadLogTail(const std::string& path, uint64_t from, size_t count);

}  // namespace rubato
