// The tokens of a template, one after the other, and the first error of whoever reads them.
//
// After an error every look at the stream shows its end, so that parsers stop by themselves.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/lexer.h"

namespace rubato::jinja {

class TokenStream {
 public:
  explicit TokenStream(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& current() const { return tokens_[at_]; }
  const Token& next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool failed() const { return failed_; }
  const std::string& error() const { return error_; }
  int error_line() const { return error_line_; }

  // The current token; the stream goes on to the one after it.
  Token Take() {
    Token token = current();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool SkipOperator(std::string_view symbol) { return current().IsOperator(symbol) && (Take(), true); }
  bool SkipName(std::string_view name) { return current().IsName(name) && (Take(), true); }

  void ExpectOperator(std::string_view symbol);
  void Expect(Token::Kind kind, std::string_view what);
  std::string ExpectName();

  // Remembers the first error.
  void Fail(int line, std::string what);
  // "unexpected ..." of the current token.
  void FailHere(std::string_view needed);

 private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
  bool failed_ = false;
  std::string error_;
  int error_line_ = 0;
};

}  // namespace rubato::jinja
