#include "text/jinja/lexer.h"

#include <algorithm>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/jinja/literals.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

// With \n for every line end, and without the last one.
std::string NormalizedSource(std::string_view source) {
  std::string text;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      text += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      text += source[i];
    }
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

class Lexer {
 public:
  Lexer(std::string source, std::string_view name) : source_(std::move(source)), name_(name) {}

  absl::StatusOr<std::vector<Token>> Run() {
    while (at_ < source_.size()) RETURN_IF_ERROR(Root());
    Add(Token::Kind::kEnd, source_.size());
    return std::move(tokens_);
  }

 private:
  absl::Status Error(size_t at, std::string_view what) {
    return absl::InvalidArgumentError(Concat(name_, ":", LineOf(at), ": ", what));
  }

  // Positions come in ascending order, near enough.
  int LineOf(size_t at) {
    if (at < line_at_) line_at_ = 0, line_ = 1;
    line_ += static_cast<int>(std::count(source_.begin() + line_at_, source_.begin() + at, '\n'));
    line_at_ = at;
    return line_;
  }

  Token& Add(Token::Kind kind, size_t at, std::string text = "") {
    tokens_.push_back({kind, LineOf(at), std::move(text), Value()});
    return tokens_.back();
  }

  bool StartsWith(std::string_view text, size_t at) const {
    return std::string_view(source_).substr(std::min(at, source_.size())).starts_with(text);
  }

  size_t SkipSpace(size_t at) const {
    for (size_t size; at < source_.size(); at += size) {
      if (!IsSpace(CharacterAt(source_, at, &size))) break;
    }
    return at;
  }

  void AddData(size_t begin, size_t end) {
    if (begin < end) Add(Token::Kind::kData, begin, source_.substr(begin, end - begin));
  }

  // Where the text before a tag ends, by the sign after the tag's braces.
  size_t StrippedEnd(size_t begin, size_t end, char sign, bool is_variable) const {
    const std::string_view text = std::string_view(source_).substr(begin, end - begin);
    if (sign == '-') {
      return begin + Strip(text).size();
    }
    if (sign == '+' || is_variable) return end;
    const size_t line_break = text.rfind('\n');
    const size_t line = line_break == std::string_view::npos ? 0 : line_break + 1;
    if ((line > 0 || is_line_start_) && Strip(text.substr(line)).empty()) return begin + line;
    return end;
  }

  // Without the white space at its end.
  static std::string_view Strip(std::string_view text) {
    const std::vector<size_t> starts = CharacterStarts(text);
    size_t end = starts.size() - 1;
    for (size_t size; end > 0 && IsSpace(CharacterAt(text, starts[end - 1], &size));) --end;
    return text.substr(0, starts[end]);
  }

  char SignAt(size_t at) const {
    return at < source_.size() && (source_[at] == '-' || source_[at] == '+') ? source_[at] : 0;
  }

  // Text up to the next tag, and the tag.
  absl::Status Root() {
    size_t tag = at_;
    while (true) {
      tag = source_.find('{', tag);
      if (tag == std::string::npos) {
        AddData(at_, source_.size());
        at_ = source_.size();
        return absl::OkStatus();
      }
      if (StartsWith("{%", tag) || StartsWith("{{", tag) || StartsWith("{#", tag)) break;
      ++tag;
    }
    const char sign = SignAt(tag + 2);
    const bool is_variable = source_[tag + 1] == '{';
    AddData(at_, StrippedEnd(at_, tag, sign, is_variable));
    at_ = tag + 2 + (sign != 0 ? 1 : 0);
    if (source_[tag + 1] == '#') return Comment(tag);
    if (is_variable) return Tag(tag, Token::Kind::kVariableBegin, Token::Kind::kVariableEnd, "}}");
    if (IsRaw()) return Raw(tag);
    return Tag(tag, Token::Kind::kBlockBegin, Token::Kind::kBlockEnd, "%}");
  }

  void Move(size_t to) {
    at_ = to;
    is_line_start_ = to > 0 && source_[to - 1] == '\n';
  }

  // The end of a tag at `at`: 0 if there is none, else where what follows begins.
  size_t TagEnd(size_t at, std::string_view end) const {
    if (StartsWith("-", at) && StartsWith(end, at + 1)) return SkipSpace(at + 1 + end.size());
    if (end != "}}" && StartsWith("+", at) && StartsWith(end, at + 1)) return at + 1 + end.size();
    if (!StartsWith(end, at)) return 0;
    at += end.size();
    return end != "}}" && StartsWith("\n", at) ? at + 1 : at;
  }

  absl::Status Comment(size_t tag) {
    for (size_t at = at_; at < source_.size(); ++at) {
      if (const size_t after = TagEnd(at, "#}"); after != 0) {
        Move(after);
        return absl::OkStatus();
      }
    }
    return Error(tag, "a comment has no end");
  }

  // Whether the block that was just opened is {% raw %}; then at_ is after it.
  bool IsRaw() {
    size_t at = SkipSpace(at_);
    if (!StartsWith("raw", at)) return false;
    at = SkipSpace(at + 3);
    const bool strips = StartsWith("-%}", at);
    if (!strips && !StartsWith("%}", at)) return false;
    at_ = strips ? SkipSpace(at + 3) : at + 2;
    return true;
  }

  absl::Status Raw(size_t tag) {
    is_line_start_ = at_ > 0 && source_[at_ - 1] == '\n';
    for (size_t end = source_.find("{%", at_); end != std::string::npos; end = source_.find("{%", end + 1)) {
      const char sign = SignAt(end + 2);
      size_t at = SkipSpace(end + 2 + (sign != 0 ? 1 : 0));
      if (!StartsWith("endraw", at)) continue;
      const size_t after = TagEnd(SkipSpace(at + 6), "%}");
      if (after == 0) continue;
      AddData(at_, StrippedEnd(at_, end, sign, false));
      Move(after);
      return absl::OkStatus();
    }
    return Error(tag, "{% raw %} has no end");
  }

  absl::Status Tag(size_t tag, Token::Kind begin, Token::Kind end_kind, std::string_view end) {
    Add(begin, tag);
    std::string open;  // the brackets to be closed
    while (true) {
      if (at_ >= source_.size()) return Error(tag, Concat("a tag has no \"", end, "\""));
      if (open.empty()) {
        if (const size_t after = TagEnd(at_, end); after != 0) {
          Add(end_kind, at_);
          Move(after);
          return absl::OkStatus();
        }
      }
      if (const size_t after = SkipSpace(at_); after != at_) {
        at_ = after;
      } else {
        RETURN_IF_ERROR(One(&open));
      }
    }
  }

  absl::Status One(std::string* open) {
    const std::string_view rest = std::string_view(source_).substr(at_);
    const bool is_after_dot = at_ > 0 && source_[at_ - 1] == '.';
    if (const NumberLiteral number = FindNumber(rest, is_after_dot); number.size > 0) {
      if (!number.error.empty()) return Error(at_, number.error);
      Add(Token::Kind::kNumber, at_).number = number.value;
      at_ += number.size;
      return absl::OkStatus();
    }
    if (const size_t size = FindName(rest); size > 0) {
      const char first = rest[0];
      if (first >= '0' && first <= '9') return Error(at_, "a name cannot begin with a digit");
      Add(Token::Kind::kName, at_, std::string(rest.substr(0, size)));
      at_ += size;
      return absl::OkStatus();
    }
    if (rest[0] == '\'' || rest[0] == '"') return Text(rest);
    return OneOperator(rest, open);
  }

  absl::Status Text(std::string_view rest) {
    size_t end = 1;
    while (end < rest.size() && rest[end] != rest[0]) end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) return Error(at_, "a text has no closing quote");
    std::string text;
    if (const std::string wrong = Unescape(rest.substr(1, end - 1), &text); !wrong.empty())
      return Error(at_, wrong);
    Add(Token::Kind::kText, at_, std::move(text));
    at_ += end + 1;
    return absl::OkStatus();
  }

  absl::Status OneOperator(std::string_view rest, std::string* open) {
    constexpr std::string_view kOperators[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                               "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                               ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};
    for (const std::string_view symbol : kOperators) {
      if (!rest.starts_with(symbol)) continue;
      const char c = symbol[0];
      if (c == '(' || c == '[' || c == '{') *open += c == '(' ? ')' : c == '[' ? ']' : '}';
      if (c == ')' || c == ']' || c == '}') {
        if (open->empty() || open->back() != c) return Error(at_, Concat("unexpected '", symbol, "'"));
        open->pop_back();
      }
      Add(Token::Kind::kOperator, at_, std::string(symbol));
      at_ += symbol.size();
      return absl::OkStatus();
    }
    size_t size;
    CharacterAt(rest, 0, &size);
    return Error(at_, Concat("unexpected character '", EscapeForTerminal(rest.substr(0, size)), "'"));
  }

  const std::string source_;
  const std::string_view name_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  bool is_line_start_ = true;  // what is at at_ begins a line, or the source
  size_t line_at_ = 0;
  int line_ = 1;
};

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source, std::string_view name) {
  if (!IsUtf8(source)) return absl::InvalidArgumentError(Concat(name, ": is not UTF-8"));
  return Lexer(NormalizedSource(source), name).Run();
}

}  // namespace rubato::jinja
