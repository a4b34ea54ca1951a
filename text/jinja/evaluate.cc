// Expressions.

#include <string>

#include "common/concat.h"
#include "text/jinja/attributes.h"
#include "text/jinja/interpreter.h"
#include "text/jinja/operators.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {
namespace {

// Of evaluations in one another, macros' bodies included: what the stack of a thread holds with ease.
constexpr int kMostEvaluations = 1000;
// Of values in one another.
constexpr int kMostValueDepth = 150;

}  // namespace

Value Interpreter::Evaluate(const Expression& expression, Frame* frame) {
  if (!run_.Spend()) return Value::MakeUndefined("");
  run_.set_line(expression.line);
  if (expression.kind == Expression::Kind::kConstant) return expression.constant;
  if (++depth_ > kMostEvaluations) {
    run_.Fail(Concat("expressions and macros are nested more than the limit of ", kMostEvaluations, " deep"));
  }
  Value value = run_.failed() ? Value::MakeUndefined("") : EvaluateKind(expression, frame);
  --depth_;
  if (run_.failed()) return Value::MakeUndefined("");
  if (value.Depth() > kMostValueDepth) {
    return run_.Fail(Concat("values are nested more than the limit of ", kMostValueDepth, " deep"));
  }
  return value;
}

Value Interpreter::EvaluateKind(const Expression& expression, Frame* frame) {
  const auto& children = expression.children;
  const auto child = [&](size_t i) { return Evaluate(*children[i], frame); };
  const auto here = [&] { run_.set_line(expression.line); };
  switch (expression.kind) {
    case Expression::Kind::kConstant:
      return expression.constant;
    case Expression::Kind::kName: {
      const Value& value = Variable(expression.place, frame);
      if (value.Is(Type::kMissing))
        return Value::MakeUndefined(Concat("'", expression.name, "' is undefined"));
      return value;
    }
    case Expression::Kind::kNamespaceRef:
      break;
    case Expression::Kind::kTuple:
      return Value::MakeTuple(EvaluateAll(children, frame));
    case Expression::Kind::kList:
      return Value::MakeList(EvaluateAll(children, frame));
    case Expression::Kind::kDict:
      return EvaluateDict(expression, frame);
    case Expression::Kind::kAttribute: {
      const Value object = child(0);
      here();
      return run_.failed() ? object : GetAttribute(run_, object, expression.name);
    }
    case Expression::Kind::kItem: {
      const Value object = child(0), key = child(1);
      here();
      return run_.failed() ? object : GetItem(run_, object, key);
    }
    case Expression::Kind::kSlice: {
      const Value object = child(0), start = child(1), stop = child(2), step = child(3);
      here();
      if (run_.failed()) return object;
      return Slice(run_, object, start, stop, step);
    }
    case Expression::Kind::kCall:
      return EvaluateCall(expression, frame);
    case Expression::Kind::kFilter:
      return EvaluateFilter(expression, frame, nullptr);
    case Expression::Kind::kTest: {
      const Value input = child(0);
      const Arguments arguments = EvaluateArguments(expression.arguments, frame);
      here();
      run_.Charge(input);
      return run_.failed() ? input : Value::Of(expression.test(run_, input, arguments));
    }
    case Expression::Kind::kNot:
      return Value::Of(!Truth(child(0)));
    case Expression::Kind::kNegative:
      return Negative(run_, child(0));
    case Expression::Kind::kPositive:
      return Positive(run_, child(0));
    case Expression::Kind::kArithmetic: {
      const Value left = child(0), right = child(1);
      here();
      return run_.failed() ? left : Arithmetic(run_, expression.op, left, right);
    }
    case Expression::Kind::kAnd: {
      Value left = child(0);
      return Truth(left) ? child(1) : left;
    }
    case Expression::Kind::kOr: {
      Value left = child(0);
      return Truth(left) ? left : child(1);
    }
    case Expression::Kind::kConcatenation: {
      ProvenanceText text;
      for (const ExpressionPtr& part : children) {
        text.Append(Str(run_, Evaluate(*part, frame)));
        if (!run_.Fits(text.size())) break;
      }
      return run_.Make(std::move(text));
    }
    case Expression::Kind::kComparison:
      return EvaluateComparison(expression, frame);
    case Expression::Kind::kConditional: {
      if (Truth(child(1))) return child(0);
      if (children[2] != nullptr) return child(2);
      return Value::MakeUndefined(Concat("the inline if-expression on line ", expression.line,
                                         " evaluated to false and no else section was defined."));
    }
  }
  return Value::MakeUndefined("");
}

Value Interpreter::EvaluateComparison(const Expression& comparison, Frame* frame) {
  Value left = Evaluate(*comparison.children[0], frame);
  for (size_t i = 0; i < comparison.comparisons.size() && !run_.failed(); ++i) {
    Value right = Evaluate(*comparison.children[i + 1], frame);
    run_.set_line(comparison.line);
    if (run_.failed() || !Compare(run_, comparison.comparisons[i], left, right)) return Value::Of(false);
    left = std::move(right);
  }
  return Value::Of(true);
}

Value Interpreter::EvaluateDict(const Expression& dict, Frame* frame) {
  Dict result;
  for (size_t i = 0; i + 1 < dict.children.size() && !run_.failed(); i += 2) {
    const Value key = Evaluate(*dict.children[i], frame);
    if (run_.Charge(key) && !HashKey(key)) run_.Fail(Concat("unhashable type: '", key.TypeName(), "'"));
    result.Set(key, Evaluate(*dict.children[i + 1], frame));
  }
  return Value::Of(std::move(result));
}

List Interpreter::EvaluateAll(const std::vector<ExpressionPtr>& expressions, Frame* frame) {
  List values;
  values.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) {
    values.push_back(Evaluate(*expression, frame));
    run_.Charge(values.back());
  }
  return values;
}

Arguments Interpreter::EvaluateArguments(const CallArguments& given, Frame* frame) {
  Arguments arguments;
  arguments.positional = EvaluateAll(given.positional, frame);
  for (const auto& [name, value] : given.named) arguments.named.emplace_back(name, Evaluate(*value, frame));
  if (given.star != nullptr) {
    for (const Value& value : ToList(run_, Evaluate(*given.star, frame)))
      arguments.positional.push_back(value);
  }
  if (given.double_star != nullptr) {
    const Value named = Evaluate(*given.double_star, frame);
    if (!named.Is(Type::kDict)) run_.Fail("what follows ** in a call is a dictionary");
    for (const auto& [name, value] : named.dict().entries()) {
      if (!name.Is(Type::kText)) run_.Fail("the names of arguments are texts");
      arguments.named.emplace_back(name.bytes(), value);
    }
  }
  return arguments;
}

Value Interpreter::EvaluateCall(const Expression& call, Frame* frame, const Value* caller) {
  const Value callee = Evaluate(*call.children[0], frame);
  Arguments arguments = EvaluateArguments(call.arguments, frame);
  if (caller != nullptr) arguments.named.emplace_back("caller", *caller);
  run_.set_line(call.line);
  return run_.failed() ? Value::MakeUndefined("") : Call(run_, callee, std::move(arguments));
}

Value Interpreter::EvaluateFilter(const Expression& filter, Frame* frame, const Value* block) {
  Value input;
  if (filter.children.empty()) {
    input = *block;
  } else if (block != nullptr && filter.children[0]->kind == Expression::Kind::kFilter) {
    input = EvaluateFilter(*filter.children[0], frame, block);
  } else {
    input = Evaluate(*filter.children[0], frame);
  }
  const Arguments arguments = EvaluateArguments(filter.arguments, frame);
  run_.set_line(filter.line);
  run_.Charge(input);
  return run_.failed() ? Value::MakeUndefined("") : filter.filter(run_, input, arguments);
}

}  // namespace rubato::jinja
