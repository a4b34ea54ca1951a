#include "text/jinja/token_stream.h"

#include "common/concat.h"

namespace rubato::jinja {
namespace {

std::string Describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kData:
    case Token::Kind::kText:
      return "a text";
    case Token::Kind::kVariableBegin:
      return "{{";
    case Token::Kind::kVariableEnd:
      return "}}";
    case Token::Kind::kBlockBegin:
      return "{%";
    case Token::Kind::kBlockEnd:
      return "%}";
    case Token::Kind::kNumber:
      return "a number";
    case Token::Kind::kEnd:
      return "the end of the template";
    case Token::Kind::kName:
    case Token::Kind::kOperator:
      break;
  }
  return Concat("'", token.text, "'");
}

}  // namespace

void TokenStream::ExpectOperator(std::string_view symbol) {
  if (!SkipOperator(symbol)) FailHere(Concat("'", symbol, "'"));
}

void TokenStream::Expect(Token::Kind kind, std::string_view what) {
  if (current().kind == kind) {
    Take();
  } else {
    FailHere(what);
  }
}

std::string TokenStream::ExpectName() {
  if (current().kind == Token::Kind::kName) return Take().text;
  FailHere("a name");
  return "";
}

void TokenStream::Fail(int line, std::string what) {
  if (failed_) return;
  failed_ = true;
  error_ = std::move(what);
  error_line_ = line;
  at_ = tokens_.size() - 1;
}

void TokenStream::FailHere(std::string_view needed) {
  Fail(current().line, Concat("unexpected ", Describe(current()), ", ", needed, " is needed"));
}

}  // namespace rubato::jinja
