// Parses expressions.  Errors go to the stream; the expression is null then, or means nothing.

#pragma once

#include <string_view>
#include <vector>

#include "text/jinja/ast.h"
#include "text/jinja/token_stream.h"

namespace rubato::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream* stream) : stream_(*stream) {}

  ExpressionPtr Any(bool with_conditional = true);
  // One expression, or several with commas between them: a tuple.  `end`: a name that ends it, as "in" does.
  ExpressionPtr Tuple(bool with_conditional = true, std::string_view end = "");
  // What can be assigned to: a name, a tuple of names, `namespace.attribute` where that is allowed.
  ExpressionPtr Target(bool with_namespace, std::string_view end = "");
  ExpressionPtr NameTarget();
  // The filters that come now, applied to `input`, which is null for those of a block.
  ExpressionPtr Filters(ExpressionPtr input, bool starts_inline);
  // A plain name, read.
  static ExpressionPtr Name(std::string name, int line);

 private:
  ExpressionPtr Or();
  ExpressionPtr And();
  ExpressionPtr Not();
  ExpressionPtr Compare();
  ExpressionPtr Sum();
  ExpressionPtr Concatenation();
  ExpressionPtr Product();
  ExpressionPtr Power();
  ExpressionPtr Unary(bool with_filter = true);
  ExpressionPtr Primary(bool with_namespace = false);
  ExpressionPtr Constant(Value value, int line);
  ExpressionPtr ParenthesizedTuple();
  ExpressionPtr TupleOf(bool simplified, bool with_conditional, bool with_namespace, std::string_view end,
                        bool may_be_empty);
  ExpressionPtr ListLiteral();
  ExpressionPtr DictLiteral();
  ExpressionPtr Postfix(ExpressionPtr node);
  ExpressionPtr FilterPostfix(ExpressionPtr node);
  ExpressionPtr Subscript(ExpressionPtr node);
  ExpressionPtr Subscribed();
  ExpressionPtr TestOf(ExpressionPtr node);
  ExpressionPtr Call(ExpressionPtr callee);
  CallArguments Arguments();
  std::string DottedName();
  bool IsTupleEnd(std::string_view end) const;

  // A node over `children`; refuses to nest deeper than the limit.
  ExpressionPtr Node(jinja::Expression::Kind kind, int line, std::vector<ExpressionPtr> children);
  template <typename... Children>
  ExpressionPtr Over(jinja::Expression::Kind kind, int line, Children... children);
  bool Enter();

  TokenStream& stream_;
  int depth_ = 0;
};

}  // namespace rubato::jinja
