#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/json.h"

namespace rubato {

class JsonWriter {
 public:
  explicit JsonWriter(bool pretty) : pretty_(pretty) {}

  void Write(const Json& json) { std::visit(*this, json.value_); }
  std::string Result() { return std::move(out_); }

  void operator()(std::monostate) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(int64_t value) { out_ += std::to_string(value); }
  void operator()(uint64_t value) { out_ += std::to_string(value); }
  void operator()(double value);
  void operator()(const std::string& text);
  void operator()(const Json::Array& array);
  void operator()(const Json::Object& object);

 private:
  void NewLine() {
    if (pretty_) out_.append(1, '\n').append(2 * depth_, ' ');
  }

  const bool pretty_;
  size_t depth_ = 0;
  std::string out_;
};

void JsonWriter::operator()(double value) {
  if (!std::isfinite(value)) {
    out_ += "null";
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  const std::string_view digits(buffer, end - buffer);
  out_ += digits;
  // Keeps a number that is not whole by type, such as 3.0, what it was.
  if (digits.find_first_of(".e") == std::string_view::npos) out_ += ".0";
}

void JsonWriter::operator()(const std::string& text) {
  out_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void JsonWriter::operator()(const Json::Array& array) {
  out_ += '[';
  ++depth_;
  for (size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out_ += ',';
    NewLine();
    Write(array[i]);
  }
  --depth_;
  if (!array.empty()) NewLine();
  out_ += ']';
}

void JsonWriter::operator()(const Json::Object& object) {
  out_ += '{';
  ++depth_;
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out_ += ',';
    first = false;
    NewLine();
    (*this)(key);
    out_ += pretty_ ? ": " : ":";
    Write(value);
  }
  --depth_;
  if (!object.empty()) NewLine();
  out_ += '}';
}

std::string Json::Dump() const {
  JsonWriter writer(/*pretty=*/false);
  writer.Write(*this);
  return writer.Result();
}

std::string Json::Pretty() const {
  JsonWriter writer(/*pretty=*/true);
  writer.Write(*this);
  return writer.Result();
}

}  // namespace rubato
