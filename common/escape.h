// Model output is hostile: nothing it says may move a cursor, colour a terminal or forge a line.  Pure
// function.

#pragma once

#include <string>
#include <string_view>

namespace rubato {

// One line of printable text: control characters become \n, \t, \xHH; invalid UTF-8 bytes become \xHH;
// characters that reorder or hide text (bidirectional controls, zero-width, line separators, BOM) become
// \u{HHHH}; a backslash is doubled.  Other UTF-8 is kept.
std::string EscapeForTerminal(std::string_view text);

}  // namespace rubato
