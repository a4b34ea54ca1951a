// A template's source as tokens, with Jinja's rules of white space: trim_blocks and lstrip_blocks are on, "-"
// and
// "+" at a tag overrule them, one newline at the end of the source goes.
//
// Pure functions.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "text/jinja/value.h"

namespace rubato::jinja {

struct Token {
  enum class Kind {
    kData,           // `text` is what the template writes
    kVariableBegin,  // {{
    kVariableEnd,
    kBlockBegin,  // {%
    kBlockEnd,
    kName,
    kText,      // `text` is what the literal stands for
    kNumber,    // `number` is an int or a float
    kOperator,  // `text` is the operator
    kEnd,
  };
  Kind kind;
  int line;  // from 1
  std::string text;
  Value number;

  bool IsOperator(std::string_view symbol) const { return kind == Kind::kOperator && text == symbol; }
  bool IsName(std::string_view name) const { return kind == Kind::kName && text == name; }
};

// The last token is kEnd.
// INVALID_ARGUMENT "NAME:LINE: ...": what Jinja cannot read either, or what is outside of the subset.
absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source, std::string_view name);

}  // namespace rubato::jinja
