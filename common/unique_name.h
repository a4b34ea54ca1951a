// A name that no other process has: 16 random hexadecimal digits from the operating system.  Any thread.

#pragma once

#include <string>

namespace rubato {

std::string UniqueName();

}  // namespace rubato
