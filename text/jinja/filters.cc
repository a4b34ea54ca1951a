// The table of filters, and those that take texts, numbers and single values.

#include "text/jinja/filters.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "common/concat.h"
#include "text/jinja/attributes.h"
#include "text/jinja/literals.h"
#include "text/jinja/operators.h"
#include "text/jinja/parameters.h"
#include "text/jinja/percent_format.h"
#include "text/jinja/python_text.h"
#include "text/jinja/sequence_filters.h"
#include "text/jinja/text_methods.h"
#include "text/jinja/unicode.h"

namespace rubato::jinja {
namespace {

// The input as a text that stays markup if it is.
Value SoftText(Run& run, const Value& input) {
  return input.Is(Type::kText) ? input : run.Make(Str(run, input));
}

template <ProvenanceText (*respell)(const ProvenanceText&)>
Value Respell(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "upper", {});
  const Value text = SoftText(run, input);
  return run.Make(respell(text.text()), text.is_markup());
}

ProvenanceText TitleWords(const ProvenanceText& text) {
  // Words begin after white space, '-' and opening brackets; each piece is lowered on its own.
  const auto is_border = [](uint32_t c) {
    return IsSpace(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  const std::vector<size_t> starts = CharacterStarts(text.bytes());
  ProvenanceText title;
  size_t size;
  for (size_t begin = 0; begin + 1 < starts.size();) {
    const bool border = is_border(CharacterAt(text.bytes(), starts[begin], &size));
    size_t end = begin + 1;
    while (end + 1 < starts.size() && is_border(CharacterAt(text.bytes(), starts[end], &size)) == border)
      ++end;
    title.Append(Upper(text.Slice(starts[begin], starts[begin + 1])));
    title.Append(Lower(text.Slice(starts[begin + 1], starts[end])));
    begin = end;
  }
  return title;
}

Value TrimFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "trim", {"chars"});
  const Value text = SoftText(run, input);
  const bool has_characters = given.Has(0) && !given[0].Is(Type::kNone);
  const ProvenanceText characters = has_characters ? given.Text(0, "") : ProvenanceText();
  return run.Make(Strip(text.text(), Side::kBoth, has_characters ? &characters : nullptr), text.is_markup());
}

Value ReplaceFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "replace", {"old", "new", "count"}, 2);
  const int64_t count = given.Has(2) && !given[2].Is(Type::kNone) ? given.Integer(2, -1) : -1;
  return run.Make(Replace(run, Str(run, input), Str(run, given[0]), Str(run, given[1]), count));
}

Value CenterFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "center", {"width"});
  const Value text = SoftText(run, input);
  const int64_t width = given.Integer(0, 80);
  if (width > 0 && !run.SpendBytes(static_cast<size_t>(width))) return Value::MakeUndefined("");
  return run.Make(Centered(text.text(), width, " "), text.is_markup());
}

Value IndentFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "indent", {"width", "first", "blank"});
  if (!input.Is(Type::kText)) {
    return input.Is(Type::kUndefined) ? run.FailUndefined(input) : run.Fail("indent needs a text");
  }
  ProvenanceText indention("    ");
  if (given.Has(0) && given[0].Is(Type::kText)) {
    indention = given.Text(0, "");
  } else if (given.Has(0)) {
    const int64_t width = std::max<int64_t>(given.Integer(0, 4), 0);
    if (!run.SpendBytes(static_cast<size_t>(width))) return Value::MakeUndefined("");
    indention = ProvenanceText(std::string(static_cast<size_t>(width), ' '));
  }
  ProvenanceText ended = input.text();
  ended.AppendTrusted("\n");
  const bool indents_blank = given.Boolean(2, false);
  ProvenanceText text;
  if (given.Boolean(1, false)) text.Append(indention);
  bool is_first = true;
  for (const ProvenanceText& line : SplitLines(ended, false)) {
    if (!is_first) {
      text.AppendTrusted("\n");
      if (indents_blank || !line.empty()) text.Append(indention);
    }
    is_first = false;
    text.Append(line);
    if (!run.Spend() || !run.Fits(text.size())) break;
  }
  return run.Make(std::move(text), input.is_markup());
}

Value TruncateFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "truncate", {"length", "killwords", "end", "leeway"});
  const int64_t length = given.Integer(0, 255);
  const int64_t leeway = given.Has(3) && !given[3].Is(Type::kNone) ? given.Integer(3, 5) : 5;
  const ProvenanceText end = given.Text(2, "...");
  const int64_t kept = length - static_cast<int64_t>(CharacterCount(end.bytes()));
  if (kept < 0 || leeway < 0) return run.Fail("truncate: the length or the leeway is too small");
  if (Length(input).value_or(INT64_MAX) <= length + leeway) return input;
  if (!input.Is(Type::kText) || input.is_markup()) return run.Fail("truncate needs a plain text");
  const std::vector<size_t> starts = CharacterStarts(input.bytes());
  ProvenanceText text =
      input.text().Slice(0, starts[std::min<size_t>(static_cast<size_t>(kept), starts.size() - 1)]);
  if (!given.Boolean(1, false)) {
    const size_t space = text.bytes().rfind(' ');
    if (space != std::string::npos) text = text.Slice(0, space);
  }
  text.Append(end);
  return run.Make(std::move(text));
}

Value TextFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "string", {});
  return SoftText(run, input);
}

Value SafeFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "safe", {});
  return run.Make(Str(run, input), true);
}

Value EscapeFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "escape", {});
  return Escape(run, input);
}

Value ForceEscapeFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "forceescape", {});
  return Escape(run, Value::Of(Str(run, input)));
}

Value FormatFilter(Run& run, const Value& input, const Arguments& arguments) {
  if (!arguments.named.empty() && !arguments.positional.empty()) {
    return run.Fail("format takes either positional or keyword arguments");
  }
  if (arguments.named.empty())
    return PercentFormat(run, SoftText(run, input), Value::MakeTuple(arguments.positional));
  Dict named;
  for (const auto& [name, value] : arguments.named) named.Set(Value::Trusted(name), value);
  return PercentFormat(run, SoftText(run, input), Value::Of(std::move(named)));
}

Value ToJsonFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "tojson", {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ensure_ascii = given.Boolean(0, false);
  style.sort_keys = given.Boolean(3, false);
  if (given.Has(1) && !given[1].Is(Type::kNone)) {
    if (given[1].Is(Type::kText)) {
      style.indent = given[1].bytes();
    } else {
      const int64_t width = std::max<int64_t>(given.Integer(1, 0), 0);
      if (width > 1000) return run.Fail("tojson: an indent of more than 1000 is not supported");
      style.indent = std::string(static_cast<size_t>(width), ' ');
    }
    style.item_separator = ProvenanceText(",");
  }
  if (given.Has(2) && !given[2].Is(Type::kNone)) {
    const List separators = ToList(run, given[2]);
    if (separators.size() != 2 || !separators[0].Is(Type::kText) || !separators[1].Is(Type::kText)) {
      return run.Fail("tojson: the separators are two texts");
    }
    style.item_separator = separators[0].text();
    style.key_separator = separators[1].text();
  }
  return run.Make(JsonText(run, input, style));
}

Value DefaultFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "default", {"default_value", "boolean"});
  const bool replaces = input.Is(Type::kUndefined) || (given.Boolean(1, false) && !Truth(input));
  if (!replaces) return input;
  return given.Has(0) ? given[0] : Value::Trusted("");
}

Value LengthFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "length", {});
  const std::optional<int64_t> length = Length(input);
  return length ? Value::Of(*length)
                : run.Fail(Concat("object of type '", input.TypeName(), "' has no length"));
}

Value AttrFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "attr", {"name"}, 1);
  const std::string name = given.Text(0, "").bytes();
  if (input.Is(Type::kDict)) {
    // Attributes only: what an empty dictionary lacks would be an item.
    const Value of_any = GetAttribute(run, Value::Of(Dict()), name);
    if (of_any.Is(Type::kUndefined)) return of_any;
  }
  return GetAttribute(run, input, name);
}

Value AbsFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters none(run, arguments, "abs", {});
  if (input.is_integer()) return input.integer() < 0 ? Negative(run, input) : Value::Of(input.integer());
  if (input.Is(Type::kFloat)) return Value::Of(std::fabs(input.number()));
  if (input.Is(Type::kUndefined)) return run.Fail("bad operand type for abs(): 'Undefined'");
  return run.Fail(Concat("bad operand type for abs(): '", input.TypeName(), "'"));
}

// Python's int() of a float.
Value Truncated(Run& run, double number, const Value& otherwise) {
  if (!std::isfinite(number)) return otherwise;
  if (std::fabs(number) >= 9.2e18) return run.Fail("whole numbers beyond 64 bits are not supported");
  return Value::Of(static_cast<int64_t>(number));
}

Value IntFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "int", {"default", "base"});
  const Value otherwise = given.Has(0) ? given[0] : Value::Of(int64_t{0});
  if (input.is_integer()) return Value::Of(input.integer());
  if (input.Is(Type::kUndefined)) return run.FailUndefined(input);
  if (input.Is(Type::kFloat)) {
    if (std::isinf(input.number())) return otherwise;
    return Truncated(run, input.number(), otherwise);
  }
  if (!input.Is(Type::kText)) return otherwise;
  bool is_too_large = false;
  const auto integer = ParseInteger(input.bytes(), static_cast<int>(given.Integer(1, 10)), &is_too_large);
  if (is_too_large) return run.Fail("whole numbers beyond 64 bits are not supported");
  if (integer) return Value::Of(*integer);
  const std::optional<double> number = ParseFloat(input.bytes());
  return number ? Truncated(run, *number, otherwise) : otherwise;
}

Value FloatFilter(Run& run, const Value& input, const Arguments& arguments) {
  const Parameters given(run, arguments, "float", {"default"});
  const Value otherwise = given.Has(0) ? given[0] : Value::Of(0.0);
  if (input.is_number()) return Value::Of(input.number());
  if (input.Is(Type::kUndefined)) return run.FailUndefined(input);
  if (!input.Is(Type::kText)) return otherwise;
  const std::optional<double> number = ParseFloat(input.bytes());
  return number ? Value::Of(*number) : otherwise;
}

// Python's round(): to the nearest, of two equally near ones to the even digit.
double RoundedFloat(double value, int64_t precision) {
  if (!std::isfinite(value)) return value;
  char text[512];
  if (precision >= 0) {
    std::snprintf(text, sizeof(text), "%.*f", static_cast<int>(std::min<int64_t>(precision, 100)), value);
    return std::strtod(text, nullptr);
  }
  constexpr int64_t kLargestExponent = 308;
  if (precision < -kLargestExponent) return std::copysign(0.0, value);
  const double unit = std::pow(10.0, static_cast<double>(-precision));
  return std::nearbyint(value / unit) * unit;
}

Value RoundedInteger(Run& run, int64_t value, int64_t precision) {
  if (precision >= 0) return Value::Of(value);
  int64_t unit = 1;
  for (int64_t i = 0; i > precision; --i) {
    if (__builtin_mul_overflow(unit, int64_t{10}, &unit)) return Value::Of(int64_t{0});
  }
  int64_t rest = value % unit;
  if (rest < 0) rest += unit;
  const bool is_up = rest > unit - rest || (rest == unit - rest && ((value - rest) / unit) % 2 != 0);
  return Arithmetic(run, Operator::kAdd, Value::Of(value - rest), Value::Of(is_up ? unit : 0));
}

Value RoundFilter(Run& run, const Value& input, const Arguments& arguments) {
  Parameters given(run, arguments, "round", {"precision", "method"});
  const int64_t precision = given.Integer(0, 0);
  const std::string method = given.Text(1, "common").bytes();
  if (method != "common" && method != "ceil" && method != "floor")
    return run.Fail("round: the method is common, ceil or floor");
  if (input.Is(Type::kUndefined)) return run.FailUndefined(input);
  if (!input.is_number()) return run.Fail(Concat("round: ", input.TypeName(), " is no number"));
  if (method == "common") {
    if (input.is_integer()) return RoundedInteger(run, input.integer(), precision);
    return Value::Of(RoundedFloat(input.number(), precision));
  }
  // As Jinja does it, in numbers: f(value * 10**precision) / 10**precision.
  const Value unit = Arithmetic(run, Operator::kPower, Value::Of(int64_t{10}), Value::Of(precision));
  const Value scaled = Arithmetic(run, Operator::kMultiply, input, unit);
  const double whole = method == "ceil" ? std::ceil(scaled.number()) : std::floor(scaled.number());
  if (scaled.is_integer()) return Arithmetic(run, Operator::kDivide, scaled, unit);
  return Arithmetic(run, Operator::kDivide, Truncated(run, whole, Value::None()), unit);
}

}  // namespace

Filter FindFilter(std::string_view name) {
  static const auto& filters = *new std::unordered_map<std::string_view, Filter>{
      {"abs", AbsFilter},
      {"attr", AttrFilter},
      {"batch", BatchFilter},
      {"capitalize", Respell<Capitalize>},
      {"center", CenterFilter},
      {"count", LengthFilter},
      {"d", DefaultFilter},
      {"default", DefaultFilter},
      {"dictsort", DictSortFilter},
      {"e", EscapeFilter},
      {"escape", EscapeFilter},
      {"first", FirstFilter},
      {"float", FloatFilter},
      {"forceescape", ForceEscapeFilter},
      {"format", FormatFilter},
      {"indent", IndentFilter},
      {"int", IntFilter},
      {"items", ItemsFilter},
      {"join", JoinFilter},
      {"last", LastFilter},
      {"length", LengthFilter},
      {"list", ListFilter},
      {"lower", Respell<Lower>},
      {"map", MapFilter},
      {"max", MaxFilter},
      {"min", MinFilter},
      {"reject", RejectFilter},
      {"rejectattr", RejectAttrFilter},
      {"replace", ReplaceFilter},
      {"reverse", ReverseFilter},
      {"round", RoundFilter},
      {"safe", SafeFilter},
      {"select", SelectFilter},
      {"selectattr", SelectAttrFilter},
      {"slice", SliceFilter},
      {"sort", SortFilter},
      {"string", TextFilter},
      {"sum", SumFilter},
      {"title", Respell<TitleWords>},
      {"tojson", ToJsonFilter},
      {"trim", TrimFilter},
      {"truncate", TruncateFilter},
      {"unique", UniqueFilter},
      {"upper", Respell<Upper>},
  };
  const auto found = filters.find(name);
  return found == filters.end() ? nullptr : found->second;
}

}  // namespace rubato::jinja
