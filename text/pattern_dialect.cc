#include "text/pattern_dialect.h"

#include <cstddef>

#include "common/concat.h"

namespace rubato {
namespace {

// \s is exactly Unicode's White_Space there; PCRE2 adds U+180E.
constexpr std::string_view kSpaces =
    R"(\t-\r\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";

// \w has marks, letters that are numbers and all connectors there.
constexpr std::string_view kWordCharacters =
    R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189})";

absl::Status Refuse(std::string_view pattern, std::string_view what, size_t at) {
  return absl::InvalidArgumentError(
      Concat("pattern \"", pattern, "\" has ", what, " at offset ", at, ", which is not supported"));
}

// Reads a pattern from left to right and writes it for PCRE2.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  absl::StatusOr<std::string> Run() {
    while (at_ < pattern_.size()) {
      if (absl::Status step = Step(); !step.ok()) return step;
    }
    return out_;
  }

 private:
  absl::Status Step() {
    const std::string_view rest = pattern_.substr(at_);
    if (rest.front() == '\\' && rest.size() > 1) return Escape(rest[1]);
    if (in_class_) return InClass(rest);
    if (rest.front() == '[') {
      const size_t opening = rest.starts_with("[^") ? 2 : 1;
      // A ] that comes first stands for itself.
      const size_t first = rest.substr(opening).starts_with("]") ? 1 : 0;
      in_class_ = true;
      return Take(opening + first);
    }
    for (const std::string_view option : {"(?m", "(?s", "(?x", "(?im", "(?mi", "(?ix", "(?xi"}) {
      if (rest.starts_with(option)) return Refuse(pattern_, Concat("the option ", option, ")"), at_);
    }
    // There a bound with a + behind it is repeated; here it is possessive.
    if (rest.starts_with("}+")) return Refuse(pattern_, "a + behind a bound", at_);
    return Take(1);
  }

  absl::Status InClass(std::string_view rest) {
    if (rest.starts_with("&&")) return Refuse(pattern_, "an intersection of classes", at_);
    if (rest.starts_with("[:")) {
      const size_t end = rest.find(":]");
      if (end != std::string_view::npos) return Take(end + 2);
    }
    if (rest.front() == '[') return Refuse(pattern_, "a class within a class", at_);
    if (rest.front() == ']') in_class_ = false;
    return Take(1);
  }

  absl::Status Escape(char escaped) {
    constexpr std::string_view kOther = "hHRXKGNOyYbB";
    if (kOther.find(escaped) != std::string_view::npos || (in_class_ && escaped == 'W')) {
      return Refuse(pattern_, Concat("\\", std::string(1, escaped)), at_);
    }
    switch (escaped) {
      case 's':
        return Class(kSpaces, /*negated=*/false);
      case 'w':
        return Class(kWordCharacters, /*negated=*/false);
      case 'W':
        return Class(kWordCharacters, /*negated=*/true);
      case 'S':
        if (!in_class_) return Class(kSpaces, /*negated=*/true);
    }
    const size_t end =
        pattern_.substr(at_ + 2).starts_with("{") ? pattern_.find('}', at_) : std::string_view::npos;
    return Take(end == std::string_view::npos ? 2 : end + 1 - at_);
  }

  // Writes the characters in place of an escape of two bytes.
  absl::Status Class(std::string_view characters, bool negated) {
    out_ += in_class_ ? "" : negated ? "[^" : "[";
    out_ += characters;
    out_ += in_class_ ? "" : "]";
    at_ += 2;
    return absl::OkStatus();
  }

  absl::Status Take(size_t bytes) {
    out_ += pattern_.substr(at_, bytes);
    at_ += bytes;
    return absl::OkStatus();
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  bool in_class_ = false;
  // Lines end with \n alone, and ^ and $ are always those of a line.
  std::string out_ = "(*LF)(?m)";
};

}  // namespace

absl::StatusOr<std::string> ToPcre2(std::string_view pattern) { return Translator(pattern).Run(); }

}  // namespace rubato
