// Jinja's tests.

#include <unordered_map>

#include "common/concat.h"
#include "text/jinja/filters.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/python_text.h"
#include "text/jinja/text_methods.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

// A test of the value alone.
template <bool (*is)(const Value&)>
bool Plain(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "test", {"value"});
  if (none.Has(0)) run.Fail("this test takes no argument");
  return is(input);
}

bool IsDefined(const Value& value) { return !value.Is(Type::kUndefined); }
bool IsUndefined(const Value& value) { return value.Is(Type::kUndefined); }
bool IsNone(const Value& value) { return value.Is(Type::kNone); }
bool IsBoolean(const Value& value) { return value.Is(Type::kBool); }
bool IsTrue(const Value& value) { return value.boolean(); }
bool IsFalse(const Value& value) { return value.Is(Type::kBool) && !value.boolean(); }
bool IsInteger(const Value& value) { return value.Is(Type::kInt); }
bool IsFloat(const Value& value) { return value.Is(Type::kFloat); }
bool IsNumber(const Value& value) { return value.is_number(); }
bool IsText(const Value& value) { return value.Is(Type::kText); }
bool IsMapping(const Value& value) { return value.Is(Type::kDict); }
bool IsCallable(const Value& value) {
  return value.Is(Type::kCallable) || value.Is(Type::kUndefined) || value.Is(Type::kLoop);
}
bool IsEscaped(const Value& value) { return value.is_markup(); }
bool IsSequence(const Value& value) {
  return value.Is(Type::kText) || value.is_sequence() || value.Is(Type::kDict) || value.Is(Type::kRange) ||
         value.Is(Type::kUndefined);
}

Value Remainder(Run& run, const Value& input, const Value& divisor) {
  return Arithmetic(run, Operator::kModulo, input, divisor);
}

bool IsOdd(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "odd", {});
  return Equals(run, Remainder(run, input, Value::Of(int64_t{2})), Value::Of(int64_t{1}));
}

bool IsEven(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "even", {});
  return Equals(run, Remainder(run, input, Value::Of(int64_t{2})), Value::Of(int64_t{0}));
}

bool IsDivisible(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "divisibleby", {"num"}, 1);
  return Equals(run, Remainder(run, input, given[0]), Value::Of(int64_t{0}));
}

template <Comparison comparison>
bool Compared(Run& run, const Value& input, const Arguments& arguments) {
  if (!arguments.named.empty()) run.Fail("a comparison takes no keyword arguments");
  const Parameters given(run, arguments, "comparison", {"other"}, 1);
  return !run.failed() && Compare(run, comparison, input, given[0]);
}

bool IsIn(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "in", {"seq"}, 1);
  return !run.failed() && Contains(run, given[0], input);
}

bool IsSame(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "sameas", {"other"}, 1);
  const Value& other = given[0];
  const bool has_no_identity = input.Is(Type::kText) || input.Is(Type::kInt) || input.Is(Type::kFloat);
  if (has_no_identity && other.type() == input.type())
    run.Fail("'sameas' of texts and numbers is not supported");
  return input.SameAs(other);
}

template <bool upper>
bool HasCase(Run& run, const Value& input, const Arguments& arguments) {
  const Method method = FindTextMethod(upper ? "isupper" : "islower");
  return method(run, Value::Of(Str(run, input)), arguments).boolean();
}

bool IsIterableTest(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "iterable", {});
  return IsIterable(input);
}

}  // namespace

Test FindTest(std::string_view name) {
  static const auto& tests = *new std::unordered_map<std::string_view, Test>{
      {"boolean", Plain<IsBoolean>},
      {"callable", Plain<IsCallable>},
      {"defined", Plain<IsDefined>},
      {"divisibleby", IsDivisible},
      {"escaped", Plain<IsEscaped>},
      {"even", IsEven},
      {"false", Plain<IsFalse>},
      {"float", Plain<IsFloat>},
      {"in", IsIn},
      {"integer", Plain<IsInteger>},
      {"iterable", IsIterableTest},
      {"lower", HasCase<false>},
      {"mapping", Plain<IsMapping>},
      {"none", Plain<IsNone>},
      {"number", Plain<IsNumber>},
      {"odd", IsOdd},
      {"sameas", IsSame},
      {"sequence", Plain<IsSequence>},
      {"string", Plain<IsText>},
      {"true", Plain<IsTrue>},
      {"undefined", Plain<IsUndefined>},
      {"upper", HasCase<true>},
      {"==", Compared<Comparison::kEqual>},
      {"eq", Compared<Comparison::kEqual>},
      {"equalto", Compared<Comparison::kEqual>},
      {"!=", Compared<Comparison::kUnequal>},
      {"ne", Compared<Comparison::kUnequal>},
      {">", Compared<Comparison::kGreater>},
      {"gt", Compared<Comparison::kGreater>},
      {"greaterthan", Compared<Comparison::kGreater>},
      {">=", Compared<Comparison::kGreaterEqual>},
      {"ge", Compared<Comparison::kGreaterEqual>},
      {"<", Compared<Comparison::kLess>},
      {"lt", Compared<Comparison::kLess>},
      {"lessthan", Compared<Comparison::kLess>},
      {"<=", Compared<Comparison::kLessEqual>},
      {"le", Compared<Comparison::kLessEqual>},
  };
  const auto found = tests.find(name);
  return found == tests.end() ? nullptr : found->second;
}

}  // namespace rubato::jinja
