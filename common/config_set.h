// Giving one key its value, from text.  Private to config.

#pragma once

#include <string>
#include <string_view>

#include "common/config_keys.h"

namespace rubato {

// Why `text` is no value of `key`, beginning with the key's name; empty when it is one, and then the key is
// set. `is_quoted`: it stood in quotes, so it is text whatever it looks like.
std::string SetKey(const KeyInfo& key, const std::string& text, bool is_quoted, RunConfig* config);

}  // namespace rubato
