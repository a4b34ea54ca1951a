#include "text/jinja/expression_parser.h"

#include <algorithm>

#include "common/concat.h"
#include "text/jinja/attributes.h"

namespace rubato::jinja {
namespace {

using Kind = Expression::Kind;

constexpr int kMostDepth = 200;

// The bounds of a slice, without what is sliced yet.
bool IsBareSlice(const Expression& node) { return node.kind == Kind::kSlice && node.children.size() == 3; }

}  // namespace

bool ExpressionParser::Enter() {
  if (++depth_ > kMostDepth) {
    stream_.Fail(stream_.current().line,
                 Concat("expressions are nested more than the limit of ", kMostDepth, " deep"));
  }
  return !stream_.failed();
}

ExpressionPtr ExpressionParser::Node(Kind kind, int line, std::vector<ExpressionPtr> children) {
  auto node = std::make_unique<jinja::Expression>();
  node->kind = kind;
  node->line = line;
  for (const ExpressionPtr& child : children) {
    if (child != nullptr) node->depth = std::max(node->depth, child->depth + 1);
  }
  if (node->depth > kMostDepth) {
    stream_.Fail(line, Concat("expressions are nested more than the limit of ", kMostDepth, " deep"));
  }
  node->children = std::move(children);
  return node;
}

template <typename... Children>
ExpressionPtr ExpressionParser::Over(Kind kind, int line, Children... children) {
  std::vector<ExpressionPtr> list;
  (list.push_back(std::move(children)), ...);
  return Node(kind, line, std::move(list));
}

ExpressionPtr ExpressionParser::Constant(Value value, int line) {
  ExpressionPtr node = Node(Kind::kConstant, line, {});
  node->constant = std::move(value);
  return node;
}

ExpressionPtr ExpressionParser::Name(std::string name, int line) {
  auto node = std::make_unique<jinja::Expression>();
  node->kind = Kind::kName;
  node->line = line;
  node->name = std::move(name);
  return node;
}

ExpressionPtr ExpressionParser::Any(bool with_conditional) {
  if (!Enter()) return Constant(Value::None(), 0);
  int line = stream_.current().line;
  ExpressionPtr node = Or();
  while (with_conditional && stream_.SkipName("if")) {
    ExpressionPtr test = Or();
    ExpressionPtr otherwise = stream_.SkipName("else") ? Any() : nullptr;
    node = Over(Kind::kConditional, line, std::move(node), std::move(test), std::move(otherwise));
    line = stream_.current().line;
  }
  --depth_;
  return node;
}

ExpressionPtr ExpressionParser::Or() {
  const int line = stream_.current().line;
  ExpressionPtr left = And();
  while (stream_.SkipName("or")) left = Over(Kind::kOr, line, std::move(left), And());
  return left;
}

ExpressionPtr ExpressionParser::And() {
  const int line = stream_.current().line;
  ExpressionPtr left = Not();
  while (stream_.SkipName("and")) left = Over(Kind::kAnd, line, std::move(left), Not());
  return left;
}

ExpressionPtr ExpressionParser::Not() {
  const int line = stream_.current().line;
  if (!stream_.SkipName("not")) return Compare();
  if (!Enter()) return Constant(Value::None(), line);
  ExpressionPtr node = Over(Kind::kNot, line, Not());
  --depth_;
  return node;
}

ExpressionPtr ExpressionParser::Compare() {
  constexpr std::pair<std::string_view, Comparison> kComparisons[] = {
      {"==", Comparison::kEqual},        {"!=", Comparison::kUnequal}, {"<=", Comparison::kLessEqual},
      {">=", Comparison::kGreaterEqual}, {"<", Comparison::kLess},     {">", Comparison::kGreater}};
  const int line = stream_.current().line;
  std::vector<ExpressionPtr> operands;
  std::vector<Comparison> comparisons;
  operands.push_back(Sum());
  while (true) {
    const auto* const found =
        std::find_if(std::begin(kComparisons), std::end(kComparisons),
                     [this](const auto& c) { return stream_.current().IsOperator(c.first); });
    if (found != std::end(kComparisons)) {
      stream_.Take();
      comparisons.push_back(found->second);
    } else if (stream_.SkipName("in")) {
      comparisons.push_back(Comparison::kIn);
    } else if (stream_.current().IsName("not") && stream_.next().IsName("in")) {
      stream_.Take(), stream_.Take();
      comparisons.push_back(Comparison::kNotIn);
    } else {
      break;
    }
    operands.push_back(Sum());
  }
  if (comparisons.empty()) return std::move(operands[0]);
  ExpressionPtr node = Node(Kind::kComparison, line, std::move(operands));
  node->comparisons = std::move(comparisons);
  return node;
}

ExpressionPtr ExpressionParser::Sum() {
  const int line = stream_.current().line;
  ExpressionPtr left = Concatenation();
  while (stream_.current().IsOperator("+") || stream_.current().IsOperator("-")) {
    const Operator op = stream_.Take().text == "+" ? Operator::kAdd : Operator::kSubtract;
    left = Over(Kind::kArithmetic, line, std::move(left), Concatenation());
    left->op = op;
  }
  return left;
}

ExpressionPtr ExpressionParser::Concatenation() {
  const int line = stream_.current().line;
  std::vector<ExpressionPtr> parts;
  parts.push_back(Product());
  while (stream_.SkipOperator("~")) parts.push_back(Product());
  if (parts.size() == 1) return std::move(parts[0]);
  return Node(Kind::kConcatenation, line, std::move(parts));
}

ExpressionPtr ExpressionParser::Product() {
  constexpr std::pair<std::string_view, Operator> kOperators[] = {{"*", Operator::kMultiply},
                                                                  {"/", Operator::kDivide},
                                                                  {"//", Operator::kFloorDivide},
                                                                  {"%", Operator::kModulo}};
  const int line = stream_.current().line;
  ExpressionPtr left = Power();
  while (true) {
    const auto* const found =
        std::find_if(std::begin(kOperators), std::end(kOperators),
                     [this](const auto& o) { return stream_.current().IsOperator(o.first); });
    if (found == std::end(kOperators)) return left;
    stream_.Take();
    left = Over(Kind::kArithmetic, line, std::move(left), Power());
    left->op = found->second;
  }
}

ExpressionPtr ExpressionParser::Power() {
  const int line = stream_.current().line;
  ExpressionPtr left = Unary();
  while (stream_.SkipOperator("**")) {
    left = Over(Kind::kArithmetic, line, std::move(left), Unary());
    left->op = Operator::kPower;
  }
  return left;
}

ExpressionPtr ExpressionParser::Unary(bool with_filter) {
  if (!Enter()) return Constant(Value::None(), 0);
  const int line = stream_.current().line;
  ExpressionPtr node;
  if (stream_.SkipOperator("-")) {
    node = Over(Kind::kNegative, line, Unary(false));
  } else if (stream_.SkipOperator("+")) {
    node = Over(Kind::kPositive, line, Unary(false));
  } else {
    node = Primary();
  }
  node = Postfix(std::move(node));
  if (with_filter) node = FilterPostfix(std::move(node));
  --depth_;
  return node;
}

ExpressionPtr ExpressionParser::Primary(bool with_namespace) {
  const Token& current = stream_.current();
  const int line = current.line;
  if (current.kind == Token::Kind::kName) {
    std::string name = stream_.Take().text;
    if (name == "true" || name == "True") return Constant(Value::Of(true), line);
    if (name == "false" || name == "False") return Constant(Value::Of(false), line);
    if (name == "none" || name == "None") return Constant(Value::None(), line);
    ExpressionPtr node = Name(std::move(name), line);
    if (with_namespace && stream_.SkipOperator(".")) {
      node->kind = Kind::kNamespaceRef;
      node->attribute = stream_.ExpectName();
    }
    return node;
  }
  if (current.kind == Token::Kind::kText) {
    std::string text;
    while (stream_.current().kind == Token::Kind::kText) text += stream_.Take().text;
    return Constant(Value::Trusted(std::move(text)), line);
  }
  if (current.kind == Token::Kind::kNumber) return Constant(stream_.Take().number, line);
  if (current.IsOperator("(")) return ParenthesizedTuple();
  if (current.IsOperator("[")) return ListLiteral();
  if (current.IsOperator("{")) return DictLiteral();
  stream_.FailHere("an expression");
  return Constant(Value::None(), line);
}

bool ExpressionParser::IsTupleEnd(std::string_view end) const {
  const Token& current = stream_.current();
  return current.kind == Token::Kind::kVariableEnd || current.kind == Token::Kind::kBlockEnd ||
         current.IsOperator(")") || (!end.empty() && current.IsName(end));
}

ExpressionPtr ExpressionParser::TupleOf(bool simplified, bool with_conditional, bool with_namespace,
                                        std::string_view end, bool may_be_empty) {
  const int line = stream_.current().line;
  std::vector<ExpressionPtr> items;
  bool is_tuple = false;
  while (!stream_.failed()) {
    if (!items.empty()) stream_.ExpectOperator(",");
    if (IsTupleEnd(end)) break;
    items.push_back(simplified ? Primary(with_namespace) : Any(with_conditional));
    if (!stream_.current().IsOperator(",")) break;
    is_tuple = true;
  }
  if (!is_tuple && !items.empty()) return std::move(items[0]);
  if (!is_tuple && !may_be_empty) stream_.FailHere("an expression");
  return Node(Kind::kTuple, line, std::move(items));
}

ExpressionPtr ExpressionParser::Tuple(bool with_conditional, std::string_view end) {
  return TupleOf(false, with_conditional, false, end, false);
}

ExpressionPtr ExpressionParser::ParenthesizedTuple() {
  stream_.Take();
  ExpressionPtr node = TupleOf(false, true, false, "", true);
  stream_.ExpectOperator(")");
  return node;
}

ExpressionPtr ExpressionParser::Target(bool with_namespace, std::string_view end) {
  const int line = stream_.current().line;
  ExpressionPtr target = TupleOf(true, true, with_namespace, end, false);
  const auto is_plain = [](const ExpressionPtr& node) {
    return node->kind == Kind::kName || node->kind == Kind::kNamespaceRef;
  };
  const auto check = [&](const auto& self, const ExpressionPtr& node) -> bool {
    if (node->kind != Kind::kTuple) return is_plain(node);
    return std::all_of(node->children.begin(), node->children.end(),
                       [&](const ExpressionPtr& child) { return self(self, child); });
  };
  if (!check(check, target)) stream_.Fail(line, "this cannot be assigned to");
  return target;
}

ExpressionPtr ExpressionParser::NameTarget() {
  const int line = stream_.current().line;
  std::string name = stream_.ExpectName();
  if (name == "true" || name == "false" || name == "none" || name == "True" || name == "False" ||
      name == "None") {
    stream_.Fail(line, Concat("'", name, "' cannot be assigned to"));
  }
  return Name(std::move(name), line);
}

ExpressionPtr ExpressionParser::ListLiteral() {
  const int line = stream_.Take().line;
  std::vector<ExpressionPtr> items;
  while (!stream_.failed() && !stream_.current().IsOperator("]")) {
    if (!items.empty()) stream_.ExpectOperator(",");
    if (stream_.current().IsOperator("]")) break;
    items.push_back(Any());
  }
  stream_.ExpectOperator("]");
  return Node(Kind::kList, line, std::move(items));
}

ExpressionPtr ExpressionParser::DictLiteral() {
  const int line = stream_.Take().line;
  std::vector<ExpressionPtr> items;
  while (!stream_.failed() && !stream_.current().IsOperator("}")) {
    if (!items.empty()) stream_.ExpectOperator(",");
    if (stream_.current().IsOperator("}")) break;
    items.push_back(Any());
    stream_.ExpectOperator(":");
    items.push_back(Any());
  }
  stream_.ExpectOperator("}");
  return Node(Kind::kDict, line, std::move(items));
}

ExpressionPtr ExpressionParser::Postfix(ExpressionPtr node) {
  while (!stream_.failed()) {
    if (stream_.current().IsOperator(".") || stream_.current().IsOperator("[")) {
      node = Subscript(std::move(node));
    } else if (stream_.current().IsOperator("(")) {
      node = Call(std::move(node));
    } else {
      break;
    }
  }
  return node;
}

ExpressionPtr ExpressionParser::FilterPostfix(ExpressionPtr node) {
  while (!stream_.failed()) {
    if (stream_.current().IsOperator("|")) {
      node = Filters(std::move(node), false);
    } else if (stream_.current().IsName("is")) {
      node = TestOf(std::move(node));
    } else if (stream_.current().IsOperator("(")) {
      node = Call(std::move(node));
    } else {
      break;
    }
  }
  return node;
}

ExpressionPtr ExpressionParser::Subscript(ExpressionPtr node) {
  const Token token = stream_.Take();
  if (token.text == ".") {
    const Token name = stream_.Take();
    if (name.kind == Token::Kind::kName) {
      node = Over(Kind::kAttribute, token.line, std::move(node));
      node->name = name.text;
      return node;
    }
    if (name.kind != Token::Kind::kNumber || !name.number.Is(Type::kInt)) {
      stream_.Fail(name.line, "a name or a number is needed after '.'");
    }
    return Over(Kind::kItem, token.line, std::move(node), Constant(name.number, name.line));
  }
  ExpressionPtr key = Subscribed();
  if (stream_.current().IsOperator(",")) {
    std::vector<ExpressionPtr> keys;
    keys.push_back(std::move(key));
    while (stream_.SkipOperator(",")) keys.push_back(Subscribed());
    for (const ExpressionPtr& one : keys) {
      if (IsBareSlice(*one)) stream_.Fail(token.line, "a slice among several indices is not supported");
    }
    key = Node(Kind::kTuple, token.line, std::move(keys));
  }
  stream_.ExpectOperator("]");
  if (!IsBareSlice(*key)) return Over(Kind::kItem, token.line, std::move(node), std::move(key));
  key->children.insert(key->children.begin(), std::move(node));
  key->depth = std::max(key->depth, key->children[0]->depth + 1);
  if (key->depth > kMostDepth) stream_.Fail(token.line, "expressions are nested too deep");
  return key;
}

ExpressionPtr ExpressionParser::Subscribed() {
  const int line = stream_.current().line;
  ExpressionPtr start = Constant(Value::None(), line), stop = Constant(Value::None(), line),
                step = Constant(Value::None(), line);
  const auto is_end = [this] {
    return stream_.current().IsOperator("]") || stream_.current().IsOperator(",");
  };
  if (!stream_.current().IsOperator(":")) {
    start = Any();
    if (!stream_.current().IsOperator(":")) return start;
  }
  stream_.Take();
  if (!stream_.current().IsOperator(":") && !is_end()) stop = Any();
  if (stream_.SkipOperator(":") && !is_end()) step = Any();
  return Over(Kind::kSlice, line, std::move(start), std::move(stop), std::move(step));
}

CallArguments ExpressionParser::Arguments() {
  const int line = stream_.current().line;
  stream_.ExpectOperator("(");
  CallArguments arguments;
  const auto ensure = [&](bool is_right) {
    if (!is_right) stream_.Fail(line, "the arguments of a call are in a wrong order");
  };
  bool needs_comma = false;
  while (!stream_.failed() && !stream_.current().IsOperator(")")) {
    if (needs_comma) {
      stream_.ExpectOperator(",");
      if (stream_.current().IsOperator(")")) break;
    }
    if (stream_.SkipOperator("*")) {
      ensure(arguments.star == nullptr && arguments.double_star == nullptr);
      arguments.star = Any();
    } else if (stream_.SkipOperator("**")) {
      ensure(arguments.double_star == nullptr);
      arguments.double_star = Any();
    } else if (stream_.current().kind == Token::Kind::kName && stream_.next().IsOperator("=")) {
      ensure(arguments.double_star == nullptr);
      std::string name = stream_.Take().text;
      stream_.Take();
      for (const auto& [other, value] : arguments.named) {
        if (other == name) stream_.Fail(line, Concat("the argument '", name, "' is given twice"));
      }
      arguments.named.emplace_back(std::move(name), Any());
    } else {
      ensure(arguments.star == nullptr && arguments.double_star == nullptr && arguments.named.empty());
      arguments.positional.push_back(Any());
    }
    needs_comma = true;
  }
  stream_.ExpectOperator(")");
  return arguments;
}

ExpressionPtr ExpressionParser::Call(ExpressionPtr callee) {
  const int line = stream_.current().line;
  if (callee->kind == Kind::kAttribute && IsUnsupportedMethod(callee->name)) {
    stream_.Fail(line, Concat("the method '", callee->name, "' is not supported"));
  }
  ExpressionPtr node = Over(Kind::kCall, line, std::move(callee));
  node->arguments = Arguments();
  return node;
}

std::string ExpressionParser::DottedName() {
  std::string name = stream_.ExpectName();
  while (stream_.SkipOperator(".")) {
    name += '.';
    name += stream_.ExpectName();
  }
  return name;
}

ExpressionPtr ExpressionParser::Filters(ExpressionPtr input, bool starts_inline) {
  while (!stream_.failed() && (starts_inline || stream_.SkipOperator("|"))) {
    starts_inline = false;
    const int line = stream_.current().line;
    const std::string name = DottedName();
    ExpressionPtr node =
        input == nullptr ? Node(Kind::kFilter, line, {}) : Over(Kind::kFilter, line, std::move(input));
    node->name = name;
    node->filter = FindFilter(name);
    if (node->filter == nullptr) stream_.Fail(line, Concat("the filter '", name, "' is not supported"));
    if (stream_.current().IsOperator("(")) node->arguments = Arguments();
    input = std::move(node);
  }
  return input;
}

ExpressionPtr ExpressionParser::TestOf(ExpressionPtr node) {
  const int line = stream_.Take().line;
  const bool is_negated = stream_.SkipName("not");
  const std::string name = DottedName();
  ExpressionPtr test = Over(Kind::kTest, line, std::move(node));
  test->name = name;
  test->test = FindTest(name);
  if (test->test == nullptr) stream_.Fail(line, Concat("the test '", name, "' is not supported"));
  const Token& current = stream_.current();
  const bool is_word = current.IsName("else") || current.IsName("or") || current.IsName("and");
  const bool starts_argument = current.kind == Token::Kind::kName || current.kind == Token::Kind::kText ||
                               current.kind == Token::Kind::kNumber || current.IsOperator("[") ||
                               current.IsOperator("{");
  if (current.IsOperator("(")) {
    test->arguments = Arguments();
  } else if (starts_argument && !is_word) {
    if (current.IsName("is")) stream_.Fail(line, "tests cannot be chained with 'is'");
    test->arguments.positional.push_back(Postfix(Primary()));
  }
  return is_negated ? Over(Kind::kNot, line, std::move(test)) : std::move(test);
}

}  // namespace rubato::jinja
