#include "policy/header_cursor.h"

#include <charconv>

#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"

namespace rubato {

namespace {

// `code_point` is no surrogate.
void AppendUtf8(uint32_t code_point, std::string* out) {
  const auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3f)));
  };
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xc0 | code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | code_point >> 12));
    tail(6), tail(0);
  } else {
    out->push_back(static_cast<char>(0xf0 | code_point >> 18));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

absl::Status HeaderCursor::Error(std::string_view what) const {
  return absl::InvalidArgumentError(Concat("byte ", at_, " of the header: ", what, ", \"",
                                           EscapeForTerminal(text_.substr(at_, 16)), "\" is there"));
}

bool HeaderCursor::Skip(char token) {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  if (at_ == text_.size() || text_[at_] != token) return false;
  ++at_;
  return true;
}

absl::Status HeaderCursor::Open(char token) {
  if (!Skip(token)) return Error(Concat(token == '{' ? "an object" : "a list", " is needed"));
  first_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> HeaderCursor::Another(char close) {
  const bool first = std::exchange(first_, false);
  if (Skip(close)) return false;
  if (!first && !Skip(',')) return Error(Concat("a comma or ", std::string_view(&close, 1), " is needed"));
  return true;
}

absl::StatusOr<std::string> HeaderCursor::Key() {
  ASSIGN_OR_RETURN(std::string key, String());
  if (!Skip(':')) return Error("a colon is needed");
  return key;
}

absl::StatusOr<std::string> HeaderCursor::String() {
  if (!Skip('"')) return Error("text is needed");
  std::string value;
  while (at_ < text_.size()) {
    const char next = text_[at_++];
    if (next == '"') return value;
    if (next == '\\') {
      RETURN_IF_ERROR(AppendEscape(&value));
    } else if (static_cast<unsigned char>(next) < 0x20) {
      return Error("text holds a control character");
    } else {
      value.push_back(next);
    }
  }
  return Error("text has no end");
}

absl::Status HeaderCursor::AppendEscape(std::string* out) {
  constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = at_ < text_.size() ? text_[at_++] : '\0';
  if (const size_t which = kLetters.find(letter); letter != '\0' && which != std::string_view::npos) {
    out->push_back(kMeanings[which]);
    return absl::OkStatus();
  }
  if (letter != 'u') return Error("unknown escape in text");
  ASSIGN_OR_RETURN(uint32_t code_point, FourHexDigits());
  if (code_point >= 0xd800 && code_point < 0xdc00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    ASSIGN_OR_RETURN(const uint32_t low, FourHexDigits());
    if (low < 0xdc00 || low > 0xdfff) return Error("half a character in text");
    code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code_point >= 0xd800 && code_point < 0xe000) return Error("half a character in text");
  AppendUtf8(code_point, out);
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> HeaderCursor::FourHexDigits() {
  const std::string_view digits = text_.substr(at_, 4);
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + 4) return Error("four hexadecimal digits are needed");
  at_ += 4;
  return value;
}

absl::StatusOr<int64_t> HeaderCursor::Size() {
  Skip(' ');  // all white space
  const std::string_view rest = text_.substr(at_);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  const size_t digits = static_cast<size_t>(end - rest.data());
  const char next = digits < rest.size() ? rest[digits] : ' ';
  const bool zero_in_front = digits > 1 && rest[0] == '0';
  if (error != std::errc() || rest[0] == '-' || zero_in_front || next == '.' || next == 'e' || next == 'E') {
    return Error("a whole number from 0 to 2^63 is needed");
  }
  at_ += digits;
  return value;
}

absl::Status HeaderCursor::End() {
  Skip(' ');  // all white space
  return at_ == text_.size() ? absl::OkStatus() : Error("nothing may follow the object");
}

}  // namespace rubato
