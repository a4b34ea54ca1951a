#include "text/jinja/operators.h"

#include <algorithm>
#include <cmath>

#include "common/concat.h"
#include "text/jinja/percent_format.h"
#include "text/jinja/python_text.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

bool EqualItems(Run& run, const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size() && run.Spend(); ++i) {
    if (!Equals(run, a[i], b[i])) return false;
  }
  return true;
}

bool EqualDicts(Run& run, const Dict& a, const Dict& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a.entries()) {
    const Value* other = b.Find(key);
    if (other == nullptr || !run.Spend() || !Equals(run, value, *other)) return false;
  }
  return true;
}

bool EqualRanges(const Range& a, const Range& b) {
  if (a.size() != b.size()) return false;
  return a.size() == 0 || (a.start == b.start && (a.size() == 1 || a.step == b.step));
}

std::string_view SymbolOf(Operator op) {
  constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "//", "%", "**"};
  return kSymbols[static_cast<int>(op)];
}

Value WrongOperands(Run& run, std::string_view symbol, const Value& a, const Value& b) {
  if (a.Is(Type::kUndefined)) return run.FailUndefined(a);
  if (b.Is(Type::kUndefined)) return run.FailUndefined(b);
  return run.Fail(
      Concat("unsupported operand types for ", symbol, ": '", a.TypeName(), "' and '", b.TypeName(), "'"));
}

Value TooLarge(Run& run) { return run.Fail("whole numbers beyond 64 bits are not supported"); }

Value IntegerPower(Run& run, int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) return run.Fail("0 cannot be raised to a negative power");
    return Value::Of(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  if (base >= -1 && base <= 1)
    return Value::Of(base == -1 && exponent % 2 == 0 ? int64_t{1} : exponent == 0 ? int64_t{1} : base);
  int64_t power = 1;
  for (int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(power, base, &power)) return TooLarge(run);
  }
  return Value::Of(power);
}

Value IntegerArithmetic(Run& run, Operator op, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case Operator::kAdd:
      return __builtin_add_overflow(a, b, &result) ? TooLarge(run) : Value::Of(result);
    case Operator::kSubtract:
      return __builtin_sub_overflow(a, b, &result) ? TooLarge(run) : Value::Of(result);
    case Operator::kMultiply:
      return __builtin_mul_overflow(a, b, &result) ? TooLarge(run) : Value::Of(result);
    case Operator::kPower:
      return IntegerPower(run, a, b);
    default:
      break;
  }
  if (b == 0) return run.Fail("division by zero");
  if (op == Operator::kDivide) return Value::Of(static_cast<double>(a) / static_cast<double>(b));
  if (b == -1) {
    if (op == Operator::kModulo) return Value::Of(int64_t{0});
    return __builtin_sub_overflow(int64_t{0}, a, &result) ? TooLarge(run) : Value::Of(result);
  }
  int64_t quotient = a / b, rest = a % b;
  if (rest != 0 && (rest < 0) != (b < 0)) {
    --quotient;
    rest += b;
  }
  return Value::Of(op == Operator::kModulo ? rest : quotient);
}

// As CPython's float_divmod.
Value FloatDivision(bool wants_quotient, double a, double b) {
  double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0) {
    if ((b < 0) != (rest < 0)) {
      rest += b;
      quotient -= 1;
    }
  } else {
    rest = std::copysign(0.0, b);
  }
  if (!wants_quotient) return Value::Of(rest);
  if (quotient == 0) return Value::Of(std::copysign(0.0, a / b));
  const double floor = std::floor(quotient);
  return Value::Of(quotient - floor > 0.5 ? floor + 1 : floor);
}

Value FloatPower(Run& run, double a, double b) {
  if (a == 0 && b < 0) return run.Fail("0.0 cannot be raised to a negative power");
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && std::trunc(b) != b) {
    return run.Fail("complex numbers are not supported");
  }
  const double power = std::pow(a, b);
  if (std::isinf(power) && std::isfinite(a) && std::isfinite(b)) return run.Fail("the power is too large");
  return Value::Of(power);
}

Value FloatArithmetic(Run& run, Operator op, double a, double b) {
  switch (op) {
    case Operator::kAdd:
      return Value::Of(a + b);
    case Operator::kSubtract:
      return Value::Of(a - b);
    case Operator::kMultiply:
      return Value::Of(a * b);
    case Operator::kPower:
      return FloatPower(run, a, b);
    default:
      break;
  }
  if (b == 0) return run.Fail("float division by zero");
  if (op == Operator::kDivide) return Value::Of(a / b);
  return FloatDivision(op == Operator::kFloorDivide, a, b);
}

Value Repeated(Run& run, const Value& value, int64_t count) {
  if (value.Is(Type::kText)) {
    const ProvenanceText& text = value.text();
    if (text.empty() || count <= 0) return Value::Of(ProvenanceText(), value.is_markup());
    if (static_cast<uint64_t>(count) > (uint64_t{1} << 40) / text.size() ||
        !run.SpendBytes(text.size() * static_cast<size_t>(count))) {
      run.Fits(~size_t{0});
      return run.Fail("");
    }
    ProvenanceText repeated;
    for (int64_t i = 0; i < count; ++i) repeated.Append(text);
    return Value::Of(std::move(repeated), value.is_markup());
  }
  const List& items = value.items();
  List repeated;
  for (int64_t i = 0; i < count && !items.empty() && run.Spend(items.size()); ++i) {
    repeated.insert(repeated.end(), items.begin(), items.end());
  }
  return value.Is(Type::kTuple) ? Value::MakeTuple(std::move(repeated))
                                : Value::MakeList(std::move(repeated));
}

Value Joined(Run& run, const Value& a, const Value& b) {
  if (a.Is(Type::kText)) {
    const bool markup = a.is_markup() || b.is_markup();
    ProvenanceText text = markup ? Escape(run, a).text() : a.text();
    text.Append(markup ? Escape(run, b).text() : b.text());
    return run.Make(std::move(text), markup);
  }
  List items = a.items();
  if (!run.Spend(items.size() + b.items().size())) return run.Fail("");
  items.insert(items.end(), b.items().begin(), b.items().end());
  return a.Is(Type::kTuple) ? Value::MakeTuple(std::move(items)) : Value::MakeList(std::move(items));
}

bool IsRepeatable(const Value& value) { return value.Is(Type::kText) || value.is_sequence(); }

}  // namespace

bool Truth(const Value& value) {
  switch (value.type()) {
    case Type::kMissing:
    case Type::kUndefined:
    case Type::kNone:
      return false;
    case Type::kBool:
    case Type::kInt:
      return value.integer() != 0;
    case Type::kFloat:
      return value.number() != 0;
    case Type::kText:
      return !value.text().empty();
    default:
      return Length(value).value_or(1) != 0;
  }
}

bool Equals(Run& run, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return a.is_integer() && b.is_integer() ? a.integer() == b.integer() : a.number() == b.number();
  }
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::kUndefined:
    case Type::kMissing:
    case Type::kNone:
      return true;
    case Type::kText:
      return a.bytes() == b.bytes();
    case Type::kList:
    case Type::kTuple:
      return a.SameAs(b) || EqualItems(run, a.items(), b.items());
    case Type::kDict:
      return a.SameAs(b) || EqualDicts(run, a.dict(), b.dict());
    case Type::kRange:
      return EqualRanges(a.range(), b.range());
    case Type::kView:
      run.Fail(Concat("comparing ", a.TypeName(), " is not supported"));
      return false;
    default:
      return a.SameAs(b);
  }
}

bool LessThan(Run& run, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return a.is_integer() && b.is_integer() ? a.integer() < b.integer() : a.number() < b.number();
  }
  if (a.Is(Type::kText) && b.Is(Type::kText)) return a.bytes() < b.bytes();  // UTF-8 keeps the order
  if (a.is_sequence() && a.type() == b.type()) {
    const size_t shared = std::min(a.items().size(), b.items().size());
    for (size_t i = 0; i < shared && run.Spend(); ++i) {
      if (!Equals(run, a.items()[i], b.items()[i])) return LessThan(run, a.items()[i], b.items()[i]);
    }
    return a.items().size() < b.items().size();
  }
  WrongOperands(run, "<", a, b);
  return false;
}

bool Compare(Run& run, Comparison comparison, const Value& a, const Value& b) {
  const auto is_nan = [](const Value& value) { return value.Is(Type::kFloat) && std::isnan(value.number()); };
  run.Charge(a);
  run.Charge(b);
  switch (comparison) {
    case Comparison::kEqual:
      return Equals(run, a, b);
    case Comparison::kUnequal:
      return !Equals(run, a, b);
    case Comparison::kLess:
      return LessThan(run, a, b);
    case Comparison::kGreater:
      return LessThan(run, b, a);
    case Comparison::kLessEqual:
      return !LessThan(run, b, a) && !is_nan(a) && !is_nan(b);
    case Comparison::kGreaterEqual:
      return !LessThan(run, a, b) && !is_nan(a) && !is_nan(b);
    case Comparison::kIn:
      return Contains(run, b, a);
    case Comparison::kNotIn:
      return !Contains(run, b, a);
  }
  return false;
}

bool Contains(Run& run, const Value& container, const Value& item) {
  if (container.Is(Type::kText)) {
    if (item.Is(Type::kText)) {
      run.SpendBytes(container.bytes().size());
      return FindText(container.bytes(), item.bytes()) != std::string::npos;
    }
    run.Fail(Concat("'in <text>' needs a text on its left, not '", item.TypeName(), "'"));
    return false;
  }
  if (container.Is(Type::kDict)) {
    if (!HashKey(item)) run.Fail(Concat("unhashable type: '", item.TypeName(), "'"));
    return container.dict().Find(item) != nullptr;
  }
  if (!IsIterable(container)) {
    run.Fail(Concat("'in' needs something to look into, not '", container.TypeName(), "'"));
    return false;
  }
  const std::shared_ptr<Iterator> items = Iterate(run, container);
  for (Value candidate; !run.failed() && items->Next(run, &candidate) && run.Spend();) {
    if (candidate.SameAs(item) || Equals(run, candidate, item)) return true;
  }
  return false;
}

Value Arithmetic(Run& run, Operator op, const Value& a, const Value& b) {
  if (op == Operator::kModulo && a.Is(Type::kText)) return PercentFormat(run, a, b);
  if (a.is_integer() && b.is_integer()) return IntegerArithmetic(run, op, a.integer(), b.integer());
  if (a.is_number() && b.is_number()) return FloatArithmetic(run, op, a.number(), b.number());
  if (op == Operator::kAdd && IsRepeatable(a) && a.type() == b.type()) return Joined(run, a, b);
  if (op == Operator::kMultiply && IsRepeatable(a) && b.is_integer()) return Repeated(run, a, b.integer());
  if (op == Operator::kMultiply && IsRepeatable(b) && a.is_integer()) return Repeated(run, b, a.integer());
  return WrongOperands(run, SymbolOf(op), a, b);
}

Value Negative(Run& run, const Value& value) {
  if (value.is_integer()) return IntegerArithmetic(run, Operator::kSubtract, 0, value.integer());
  if (value.Is(Type::kFloat)) return Value::Of(-value.number());
  if (value.Is(Type::kUndefined)) return run.FailUndefined(value);
  return run.Fail(Concat("bad operand type for unary -: '", value.TypeName(), "'"));
}

Value Positive(Run& run, const Value& value) {
  if (value.is_integer()) return Value::Of(value.integer());
  if (value.Is(Type::kFloat)) return value;
  if (value.Is(Type::kUndefined)) return run.FailUndefined(value);
  return run.Fail(Concat("bad operand type for unary +: '", value.TypeName(), "'"));
}

Value Escape(Run& run, const Value& value) {
  if (value.is_markup()) return value;
  const ProvenanceText text = Str(run, value);
  ProvenanceText escaped;
  for (size_t at = 0; at < text.size(); ++at) {
    const char byte = text.bytes()[at];
    const std::string_view entity = byte == '&'    ? "&amp;"
                                    : byte == '<'  ? "&lt;"
                                    : byte == '>'  ? "&gt;"
                                    : byte == '\'' ? "&#39;"
                                    : byte == '"'  ? "&#34;"
                                                   : std::string_view(&byte, 1);
    escaped.Append(entity, text.IsContent(at));
  }
  return run.Make(std::move(escaped), true);
}

}  // namespace rubato::jinja
