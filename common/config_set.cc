#include "common/config_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/utf8.h"

namespace rubato {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Range(const ConfigKey& about) {
  const std::string unit = about.unit().empty() ? "" : Concat(" ", about.unit());
  if (!about.has_max()) return Concat("must be at least ", NumberAsText(about.min()), unit);
  if (!about.has_min()) return Concat("must be at most ", NumberAsText(about.max()), unit);
  return Concat("must be from ", NumberAsText(about.min()), " to ", NumberAsText(about.max()), unit);
}

// One try to set one key.
class Setter {
 public:
  Setter(const KeyInfo& key, const std::string& text, bool is_quoted, RunConfig* config)
      : key_(key), text_(text), is_quoted_(is_quoted), config_(config) {}

  std::string Run() {
    if (text_.empty()) return Concat(key_.name, " has no value; give one or remove the key");
    switch (key_.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return SetText();
      case FieldDescriptor::CPPTYPE_BOOL:
        return SetBool();
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return SetDouble();
      default:
        return SetWhole();
    }
  }

 private:
  // Only here, after all checks, the section comes into being.
  Message* Section() { return config_->GetReflection()->MutableMessage(config_, key_.section); }
  const google::protobuf::Reflection* Access() { return Section()->GetReflection(); }

  std::string Wrong(std::string_view what) const {
    const std::string shown = EscapeForTerminal(std::string_view(text_).substr(0, 200));
    return Concat(key_.name, " is ", is_quoted_ ? Concat("\"", shown, "\"") : shown, "; ", what);
  }

  std::string WrongRange(double value) const {
    const bool below = key_.about.has_min() && value < key_.about.min();
    const bool above = key_.about.has_max() && value > key_.about.max();
    return below || above ? Wrong(Concat("it ", Range(key_.about))) : "";
  }

  std::string SetText() {
    if (!IsUtf8(text_)) return Wrong("text must be valid UTF-8");
    const std::vector<std::string> choices(key_.about.choices().begin(), key_.about.choices().end());
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text_) == choices.end()) {
      const std::string all = absl::StrJoin(choices, ", ");
      if (choices.size() == 1) return Wrong(Concat("the only choice is ", all));
      return Wrong(Concat("choose one of ", all, "; the nearest is ", Nearest(text_, choices)));
    }
    Access()->SetString(Section(), key_.field, text_);
    return "";
  }

  std::string SetBool() {
    if (is_quoted_ || (text_ != "true" && text_ != "false")) return Wrong("write true or false");
    Access()->SetBool(Section(), key_.field, text_ == "true");
    return "";
  }

  std::string SetDouble() {
    double value = 0;
    if (is_quoted_ || !Parse(&value)) return Wrong("it must be a number, without quotes");
    if (!std::isfinite(value)) return Wrong("it must be a finite number");
    if (std::string wrong = WrongRange(value); !wrong.empty()) return wrong;
    Access()->SetDouble(Section(), key_.field, value);
    return "";
  }

  std::string SetWhole() {
    uint64_t value = 0;
    if (is_quoted_ || !Parse(&value)) {
      return Wrong("it must be a whole number that is not negative, in plain digits");
    }
    if (std::string wrong = WrongRange(static_cast<double>(value)); !wrong.empty()) return wrong;
    if (key_.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
      Access()->SetUInt64(Section(), key_.field, value);
    } else if (value <= std::numeric_limits<uint32_t>::max()) {
      Access()->SetUInt32(Section(), key_.field, static_cast<uint32_t>(value));
    } else {
      return Wrong("it must be less than 2^32");
    }
    return "";
  }

  template <typename T>
  bool Parse(T* value) const {
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data(), end, *value);
    return error == std::errc() && stop == end;
  }

  const KeyInfo& key_;
  const std::string& text_;
  const bool is_quoted_;
  RunConfig* const config_;
};

}  // namespace

std::string SetKey(const KeyInfo& key, const std::string& text, bool is_quoted, RunConfig* config) {
  return Setter(key, text, is_quoted, config).Run();
}

}  // namespace rubato
