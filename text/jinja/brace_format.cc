#include "text/jinja/brace_format.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/concat.h"
#include "text/jinja/attributes.h"
#include "text/jinja/number_format.h"
#include "text/jinja/python_text.h"

namespace rubato::jinja {
namespace {

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int64_t ToNumber(std::string_view digits) {
  int64_t number = 0;
  for (const char digit : digits) number = 10 * number + (digit - '0');
  return number;
}

class BraceFormatter {
 public:
  BraceFormatter(Run& run, const ProvenanceText& format, const Arguments& arguments)
      : run_(run), format_(format), arguments_(arguments) {}

  ProvenanceText Format() {
    const std::string& bytes = format_.bytes();
    for (size_t at = 0; at < bytes.size() && !run_.failed();) {
      const size_t brace = std::min(bytes.find_first_of("{}", at), bytes.size());
      text_.Append(format_, at, brace);
      at = brace;
      if (at == bytes.size()) break;
      if (at + 1 < bytes.size() && bytes[at + 1] == bytes[at]) {
        text_.Append(format_, at, at + 1);
        at += 2;
      } else if (bytes[at] == '}') {
        Fail("a single '}'");
      } else {
        at = Field(at + 1);
      }
    }
    return std::move(text_);
  }

 private:
  void Fail(std::string_view what) { run_.Fail(Concat("format(): ", what)); }

  // The field that begins at `at`, after its brace; where it ends.
  size_t Field(size_t at) {
    const std::string& bytes = format_.bytes();
    const size_t end = bytes.find('}', at);
    if (end == std::string::npos) {
      Fail("a field without its '}'");
      return bytes.size();
    }
    std::string_view field = std::string_view(bytes).substr(at, end - at);
    if (field.find('{') != std::string_view::npos) {
      Fail("fields in fields are not supported");
      return bytes.size();
    }
    std::string_view spec;
    if (const size_t colon = field.find(':'); colon != std::string_view::npos) {
      spec = field.substr(colon + 1);
      field = field.substr(0, colon);
    }
    char conversion = 0;
    if (const size_t mark = field.find('!'); mark != std::string_view::npos) {
      if (field.size() != mark + 2) Fail("a conversion is one letter");
      conversion = field.back();
      field = field.substr(0, mark);
    }
    Write(Lookup(field), conversion, spec);
    return end + 1;
  }

  Value Lookup(std::string_view name) {
    const size_t first_end = std::min(name.find_first_of(".["), name.size());
    Value value = First(name.substr(0, first_end));
    for (size_t at = first_end; at < name.size() && !run_.failed();) {
      const bool is_item = name[at] == '[';
      const size_t end =
          std::min(is_item ? name.find(']', at) : name.find_first_of(".[", at + 1), name.size());
      const std::string_view part = name.substr(at + 1, end - at - 1);
      if (is_item) {
        value = GetItem(run_, value,
                        IsNumber(part) ? Value::Of(ToNumber(part)) : Value::Trusted(std::string(part)));
      } else {
        value = GetAttribute(run_, value, part);
      }
      at = is_item ? end + 1 : end;
    }
    return value;
  }

  Value First(std::string_view name) {
    if (name.empty() || IsNumber(name)) {
      (name.empty() ? numbers_itself_ : is_numbered_) = true;
      if (numbers_itself_ && is_numbered_) return run_.Fail("format(): fields are numbered all or none");
      const size_t index = name.empty() ? automatic_++ : static_cast<size_t>(ToNumber(name));
      if (index < arguments_.positional.size()) return arguments_.positional[index];
      return run_.Fail(Concat("format(): there is no argument ", index));
    }
    for (const auto& [key, value] : arguments_.named) {
      if (key == name) return value;
    }
    return run_.Fail(Concat("format(): there is no argument '", name, "'"));
  }

  std::optional<FieldStyle> ParseStyle(std::string_view spec) {
    FieldStyle style;
    const auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
    size_t fill_size = 0;
    if (!spec.empty()) CharacterAt(spec, 0, &fill_size);
    if (spec.size() > fill_size && is_align(spec[fill_size])) {
      style.fill = spec.substr(0, fill_size);
      spec.remove_prefix(fill_size);
    }
    const auto take = [&spec](std::string_view any) {
      if (spec.empty() || any.find(spec[0]) == std::string_view::npos) return '\0';
      const char taken = spec[0];
      spec.remove_prefix(1);
      return taken;
    };
    if (const char align = take("<>^=")) style.align = align, style.has_align = true;
    if (const char sign = take("+- ")) style.sign = sign;
    style.alternate = take("#") != 0;
    if (!spec.empty() && spec[0] == '0' && !style.has_align) {
      style.fill = std::string(1, '0'), style.align = '=', style.has_align = true;
    }
    const auto number = [&spec] {
      int64_t value = 0;
      while (!spec.empty() && spec[0] >= '0' && spec[0] <= '9' && value <= kMostWidth) {
        value = 10 * value + (spec[0] - '0');
        spec.remove_prefix(1);
      }
      return value;
    };
    style.width = number();
    style.has_grouping = take(",") != 0;
    if (take(".") != 0) style.precision = number();
    if (!spec.empty()) style.type = spec[0], spec.remove_prefix(1);
    if (!spec.empty() || style.width > kMostWidth || style.precision > kMostWidth) return std::nullopt;
    return style;
  }

  void Write(Value value, char conversion, std::string_view spec) {
    if (run_.failed()) return;
    if (conversion == 's' || conversion == 'r') {
      value = Value::Of(conversion == 's' ? Str(run_, value) : Repr(run_, value));
    } else if (conversion != 0) {
      return Fail("only the conversions !s and !r are supported");
    }
    if (spec.empty()) return text_.Append(Str(run_, value));
    const std::optional<FieldStyle> style = ParseStyle(spec);
    if (!style) return Fail(Concat("the format '", spec, "' is not supported"));
    WriteStyled(value, *style, spec);
  }

  void WriteStyled(const Value& value, FieldStyle style, std::string_view spec) {
    const bool is_float_type =
        style.type != 0 && std::string_view("eEfFgG%").find(style.type) != std::string_view::npos;
    if (value.Is(Type::kText)) {
      if ((style.type != 0 && style.type != 's') || style.sign != '-' || style.alternate ||
          style.has_grouping || style.align == '=') {
        return Fail(Concat("the format '", spec, "' is not for texts"));
      }
      return text_.Append(PadText(value.text(), style));
    }
    if (value.Is(Type::kInt) &&
        (style.type == 0 || std::string_view("bdoxX").find(style.type) != std::string_view::npos)) {
      if (style.precision >= 0) return Fail("no precision for a whole number");
      if (style.has_grouping && style.fill == "0") return Fail("commas between zeros are not supported");
      return WriteInteger(value.integer(), style);
    }
    if (is_float_type && (value.Is(Type::kInt) || value.Is(Type::kFloat)))
      return WriteFloat(value.number(), style);
    Fail(Concat("the format '", spec, "' is not supported for ", value.TypeName()));
  }

  void WriteInteger(int64_t value, const FieldStyle& style) {
    std::string digits = IntegerDigits(value, style.type);
    if (style.has_grouping) digits = Grouped(digits);
    std::string prefix;
    if (style.alternate && style.type != 0 && style.type != 'd') prefix = {'0', style.type};
    text_.AppendTrusted(PadNumber(SignOf(value < 0, style), prefix, digits, style));
  }

  void WriteFloat(double value, FieldStyle style) {
    const bool is_percent = style.type == '%';
    if (is_percent) {
      style.type = 'f';
      value *= 100;
    }
    if (style.has_grouping && style.fill == "0") return Fail("commas between zeros are not supported");
    std::string digits = FloatDigits(value, style);
    if (style.has_grouping) digits = Grouped(digits);
    if (is_percent) digits += '%';
    const bool is_negative = std::signbit(value) && !std::isnan(value);
    text_.AppendTrusted(PadNumber(SignOf(is_negative, style), "", digits, style));
  }

  Run& run_;
  const ProvenanceText& format_;
  const Arguments& arguments_;
  ProvenanceText text_;
  size_t automatic_ = 0;
  bool numbers_itself_ = false, is_numbered_ = false;  // fields without a number, and with one
};

}  // namespace

Value BraceFormat(Run& run, const Value& format, const Arguments& arguments) {
  if (format.is_markup()) return run.Fail("format() of escaped text is not supported");
  return run.Make(BraceFormatter(run, format.text(), arguments).Format());
}

}  // namespace rubato::jinja
