#include "text/jinja/percent_format.h"

#include <algorithm>
#include <cmath>

#include "common/concat.h"
#include "text/jinja/number_format.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {
namespace {

class PercentFormatter {
 public:
  PercentFormatter(Run& run, const Value& format, const Value& values)
      : run_(run), format_(format.text()), values_(values), is_tuple_(values.Is(Type::kTuple)) {}

  ProvenanceText Format() {
    const std::string& bytes = format_.bytes();
    while (at_ < bytes.size() && !run_.failed()) {
      const size_t percent = std::min(bytes.find('%', at_), bytes.size());
      text_.Append(format_, at_, percent);
      at_ = percent;
      if (at_ < bytes.size()) Specifier();
    }
    if (used_ < Given() && !MayBeLeftOver() && !is_mapped_) Fail("not all arguments were used");
    return std::move(text_);
  }

 private:
  size_t Given() const { return is_tuple_ ? values_.items().size() : 1; }
  // What Python takes for a mapping: everything with subscripts but texts and tuples.
  bool MayBeLeftOver() const {
    return values_.Is(Type::kDict) || values_.Is(Type::kList) || values_.Is(Type::kRange) ||
           values_.Is(Type::kUndefined);
  }
  void Fail(std::string_view what) { run_.Fail(Concat("%-format: ", what)); }

  char Peek() const { return at_ < format_.size() ? format_.bytes()[at_] : '\0'; }

  Value NextValue() {
    if (used_ >= Given()) {
      Fail("there are not enough arguments");
      return Value::None();
    }
    const size_t i = used_++;
    return is_tuple_ ? values_.items()[i] : values_;
  }

  Value Mapped() {
    const size_t end = format_.bytes().find(')', at_);
    if (end == std::string::npos) return Fail("incomplete key"), Value::None();
    const std::string key = format_.bytes().substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    is_mapped_ = true;
    if (!values_.Is(Type::kDict)) return Fail("a mapping is needed"), Value::None();
    const Value* value = values_.dict().Find(key);
    if (value == nullptr) return Fail(Concat("there is no key '", key, "'")), Value::None();
    return *value;
  }

  int64_t Number(bool* is_star) {
    if (Peek() == '*') {
      ++at_;
      *is_star = true;
      const Value value = NextValue();
      if (!value.is_integer()) Fail("* needs a whole number");
      return value.integer();
    }
    int64_t number = 0;
    while (Peek() >= '0' && Peek() <= '9' && number <= kMostWidth)
      number = 10 * number + (format_.bytes()[at_++] - '0');
    return number;
  }

  void Specifier() {
    ++at_;
    std::optional<Value> value;
    if (Peek() == '(') value = Mapped();
    FieldStyle style;
    style.align = '>';
    bool is_left = false, is_zero = false, is_star = false;
    for (;; ++at_) {
      if (Peek() == '-') {
        is_left = true;
      } else if (Peek() == '0') {
        is_zero = true;
      } else if (Peek() == '#') {
        style.alternate = true;
      } else if (Peek() == '+' || (Peek() == ' ' && style.sign != '+')) {
        style.sign = Peek();
      } else if (Peek() != ' ') {
        break;
      }
    }
    style.width = Number(&is_star);
    if (style.width < 0) {
      is_left = true;
      style.width = -style.width;
    }
    if (Peek() == '.') {
      ++at_;
      style.precision = std::max<int64_t>(Number(&is_star), 0);
    }
    while (Peek() == 'h' || Peek() == 'l' || Peek() == 'L') ++at_;
    style.type = Peek();
    ++at_;
    if (style.width > kMostWidth || style.precision > kMostWidth) return Fail("a width is too large");
    if (style.type == '%') return text_.AppendTrusted("%");
    style.align = is_left ? '<' : '>';
    style.has_align = true;
    Convert(value ? *value : NextValue(), style, is_zero && !is_left);
  }

  void Convert(const Value& value, FieldStyle style, bool is_zero) {
    if (run_.failed()) return;
    const auto pad_zero = [&] {
      if (!is_zero) return;
      style.align = '=';
      style.fill = std::string(1, '0');
    };
    switch (style.type) {
      case 's':
        return text_.Append(PadText(Str(run_, value), style));
      case 'r':
        return text_.Append(PadText(Repr(run_, value), style));
      case 'c':
        return Character(value, style);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        pad_zero();
        return Integer(value, style);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        pad_zero();
        return Float(value, style);
      default:
        Fail(Concat("'%", std::string(1, style.type), "' is not supported"));
    }
  }

  void Character(const Value& value, const FieldStyle& style) {
    if (value.Is(Type::kText) && CharacterCount(value.bytes()) == 1) {
      return text_.Append(PadText(value.text(), style));
    }
    Fail("%c needs one character");
  }

  void Integer(const Value& value, const FieldStyle& style) {
    const bool is_decimal = style.type == 'd' || style.type == 'i' || style.type == 'u';
    int64_t number = value.integer();
    if (is_decimal && value.Is(Type::kFloat)) {
      const double truncated = std::trunc(value.number());
      if (!(std::fabs(truncated) < 9.2e18)) return Fail("a number is too large");
      number = static_cast<int64_t>(truncated);
    } else if (!value.is_integer()) {
      if (value.Is(Type::kUndefined)) {
        run_.FailUndefined(value);
        return;
      }
      return Fail(Concat("a number is needed, not ", value.TypeName()));
    }
    std::string digits = IntegerDigits(number, style.type);
    const int64_t missing = std::max<int64_t>(style.precision - static_cast<int64_t>(digits.size()), 0);
    digits = Concat(std::string(static_cast<size_t>(missing), '0'), digits);
    std::string prefix;
    if (style.alternate && !is_decimal) prefix = {'0', style.type};
    text_.AppendTrusted(PadNumber(SignOf(number < 0, style), prefix, digits, style));
  }

  void Float(const Value& value, const FieldStyle& style) {
    if (!value.is_number()) {
      if (value.Is(Type::kUndefined)) {
        run_.FailUndefined(value);
        return;
      }
      return Fail(Concat("a number is needed, not ", value.TypeName()));
    }
    const double number = value.number();
    const bool is_negative = std::signbit(number) && !std::isnan(number);
    text_.AppendTrusted(PadNumber(SignOf(is_negative, style), "", FloatDigits(number, style), style));
  }

  Run& run_;
  const ProvenanceText& format_;
  const Value& values_;
  const bool is_tuple_;
  ProvenanceText text_;
  size_t at_ = 0;
  size_t used_ = 0;
  bool is_mapped_ = false;
};

}  // namespace

Value PercentFormat(Run& run, const Value& format, const Value& values) {
  if (format.is_markup()) return run.Fail("%-format of escaped text is not supported");
  return run.Make(PercentFormatter(run, format, values).Format());
}

}  // namespace rubato::jinja
