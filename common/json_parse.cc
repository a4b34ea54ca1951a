// The parser: nlohmann's, event by event, into our values.  Its depth is bounded by us, its stack is not the
// machine's.

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/escape.h"
#include "common/json.h"
#include "common/json_events.h"
#include "common/status.h"

namespace rubato {
namespace {

// Walks over the text and counts the lines.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* position, int* line) : position_(position), line_(line) {}
  const char& operator*() const { return *position_; }
  CountingIterator& operator++() {
    if (*position_++ == '\n') ++*line_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return position_ == other.position_; }

 private:
  const char* position_;
  int* line_;
};

// nlohmann's "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ..." without its
// head.
std::string Reason(std::string_view what) {
  for (const char* head : {"] ", ": "}) {
    if (const size_t at = what.find(head); at != std::string_view::npos) what.remove_prefix(at + 2);
  }
  return EscapeForTerminal(what.substr(0, 200));
}

// nlohmann's events, as ours.
class Adapter : public nlohmann::json_sax<nlohmann::json> {
 public:
  Adapter(JsonEvents* events, int max_depth) : events_(*events), max_depth_(max_depth) {}

  bool null() override { return events_.Null(), true; }
  bool boolean(bool value) override { return events_.Bool(value), true; }
  bool number_integer(int64_t value) override { return events_.Int(value), true; }
  bool number_unsigned(uint64_t value) override {
    if (std::in_range<int64_t>(value)) return number_integer(static_cast<int64_t>(value));
    return events_.Uint(value), true;
  }
  bool number_float(double value, const std::string&) override { return events_.Double(value), true; }
  bool string(std::string& value) override { return events_.String(std::move(value)), true; }
  bool binary(binary_t&) override { return Fail("binary values are no JSON"); }
  bool start_object(size_t) override { return Open() && (events_.BeginObject(), true); }
  bool end_object() override { return --depth_, events_.EndObject(), true; }
  bool start_array(size_t) override { return Open() && (events_.BeginArray(), true); }
  bool end_array() override { return --depth_, events_.EndArray(), true; }

  bool key(std::string& key) override {
    const std::string name = key;
    if (events_.Key(std::move(key))) return true;
    return Fail(Concat("the key \"", EscapeForTerminal(name), "\" is there twice"));
  }

  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    return Fail(Reason(error.what()));
  }

  const std::string& error() const { return error_; }

 private:
  bool Open() {
    if (depth_++ < max_depth_) return true;
    return Fail(Concat("lists and objects are nested more than ", max_depth_, " deep"));
  }

  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  JsonEvents& events_;
  const int max_depth_;
  int depth_ = 0;
  std::string error_;
};

// Builds a value.
class Builder : public JsonEvents {
 public:
  void Null() override { Add(Json()); }
  void Bool(bool value) override { Add(value); }
  void Int(int64_t value) override { Add(value); }
  void Uint(uint64_t value) override { Add(value); }
  void Double(double value) override { Add(value); }
  void String(std::string value) override { Add(std::move(value)); }
  void BeginArray() override { Open(Json::Array()); }
  void EndArray() override { Close(); }
  void BeginObject() override { Open(Json::Object()); }
  void EndObject() override { Close(); }

  bool Key(std::string key) override {
    Level& level = levels_.back();
    if (level.value.Find(key) != nullptr) return false;
    level.key = std::move(key);
    return true;
  }

  Json Result() { return std::move(result_); }

 private:
  struct Level {
    Json value;
    std::string key;  // of the member that comes next
  };

  void Add(Json value) {
    if (levels_.empty()) {
      result_ = std::move(value);
    } else if (Level& level = levels_.back(); level.value.is_array()) {
      level.value.Append(std::move(value));
    } else {
      level.value.Set(std::move(level.key), std::move(value));
    }
  }

  void Open(Json value) {
    Level& level = levels_.emplace_back();
    level.value = std::move(value);
  }

  void Close() {
    Json value = std::move(levels_.back().value);
    levels_.pop_back();
    Add(std::move(value));
  }

  std::vector<Level> levels_;
  Json result_;
};

}  // namespace

absl::Status ParseJsonEvents(std::string_view text, std::string_view name, const JsonOptions& options,
                             JsonEvents* events) {
  int line = options.first_line;
  const auto error = [&](std::string_view reason) {
    return absl::InvalidArgumentError(Concat(name.empty() ? "JSON" : name, ":", line, ": ", reason));
  };
  if (text.size() > options.max_bytes) {
    return error(Concat(text.size(), " bytes are more than the limit of ", options.max_bytes));
  }
  Adapter adapter(events, options.max_depth);
  const CountingIterator begin(text.data(), &line), end(text.data() + text.size(), &line);
  if (!nlohmann::json::sax_parse(begin, end, &adapter)) return error(adapter.error());
  return absl::OkStatus();
}

absl::StatusOr<Json> Json::Parse(std::string_view text, std::string_view name, const JsonOptions& options) {
  Builder builder;
  RETURN_IF_ERROR(ParseJsonEvents(text, name, options, &builder));
  return builder.Result();
}

}  // namespace rubato
