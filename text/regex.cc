#include "text/regex.h"

#include <algorithm>
#include <string>

#include "common/concat.h"
#include "common/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace rubato {
namespace {

constexpr uint32_t kMatchLimit = 1'000'000;

std::string Message(int error) {
  unsigned char text[256];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

PCRE2_SPTR Units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct Regex::Code {
  explicit Code(pcre2_code* compiled) : code(compiled), limits(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(limits, kMatchLimit);
  }
  ~Code() {
    pcre2_match_context_free(limits);
    pcre2_code_free(code);
  }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;

  pcre2_code* code;
  pcre2_match_context* limits;
};

namespace {

absl::StatusOr<pcre2_code*> CompileWith(std::string_view pattern, uint32_t options) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(Units(pattern), pattern.size(), options, &error, &offset, nullptr);
  if (code == nullptr) {
    return absl::InvalidArgumentError(
        Concat("pattern \"", pattern, "\" fails at offset ", offset, ": ", Message(error)));
  }
  return code;
}

}  // namespace

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern) {
  absl::StatusOr<pcre2_code*> code = CompileWith(pattern, PCRE2_UTF | PCRE2_UCP);
  if (!code.ok()) return code.status();
  return Regex(std::make_shared<const Code>(*code));
}

absl::StatusOr<Regex> Regex::Literal(std::string_view text) {
  absl::StatusOr<pcre2_code*> code = CompileWith(text, PCRE2_UTF | PCRE2_LITERAL);
  if (!code.ok()) return code.status();
  return Regex(std::make_shared<const Code>(*code));
}

absl::StatusOr<std::vector<TextRange>> Regex::FindAll(std::string_view text) const {
  std::vector<TextRange> matches;
  const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> data(
      pcre2_match_data_create_from_pattern(code_->code, nullptr), pcre2_match_data_free);
  size_t from = 0;
  while (from <= text.size()) {
    const int found = pcre2_match(code_->code, Units(text), text.size(), from, PCRE2_NO_UTF_CHECK, data.get(),
                                  code_->limits);
    if (found == PCRE2_ERROR_NOMATCH) break;
    if (found < 0) return absl::InvalidArgumentError(Concat("a pattern cannot be matched: ", Message(found)));
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(data.get());
    matches.push_back({range[0], range[1]});
    from = range[1];
    if (matches.back().empty())
      from += std::max<size_t>(1, FirstUtf8Character(text.substr(std::min(from, text.size()))).size);
  }
  return matches;
}

}  // namespace rubato
