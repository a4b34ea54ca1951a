// The split patterns of the families of models, matched by hand: an order of magnitude faster than a regular
// expression engine, and with the character classes of `tokenizers`.
//
// Pure functions.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace rubato {

enum class KnownPattern { kGpt2, kLlama3, kQwen2 };

// The pattern that reads exactly so in tokenizer.json. GPT-2's is also the one that ByteLevel has built in.
std::optional<KnownPattern> RecognisePattern(std::string_view regex);

// The text of a known pattern.
std::string_view RegexOf(KnownPattern pattern);

// Appends the matches in `text` (valid UTF-8) from left to right; every character is in exactly one.
void AppendMatches(KnownPattern pattern, std::string_view text, std::vector<std::string_view>* matches);

}  // namespace rubato
