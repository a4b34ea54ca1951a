// The parser: nlohmann's, event by event, into our values.  Its depth is bounded by us, its stack is not the
// machine's.

#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/concat.h"
#include "common/escape.h"
#include "common/json.h"

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

class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(int max_depth) : max_depth_(max_depth) {}

  bool null() override { return Add(Json()); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(int64_t value) override { return Add(value); }
  bool number_unsigned(uint64_t value) override { return Add(value); }
  bool number_float(double value, const std::string&) override { return Add(value); }
  bool string(std::string& value) override { return Add(std::move(value)); }
  bool binary(binary_t&) override { return Fail("binary values are no JSON"); }
  bool start_object(size_t) override { return Open(Json::Object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(Json::Array()); }
  bool end_array() override { return Close(); }

  bool key(std::string& key) override {
    Level& level = levels_.back();
    if (level.value.Find(key) != nullptr) {
      return Fail(Concat("the key \"", EscapeForTerminal(key), "\" is there twice"));
    }
    level.key = std::move(key);
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    return Fail(Reason(error.what()));
  }

  Json Result() { return std::move(result_); }
  const std::string& error() const { return error_; }

 private:
  struct Level {
    Json value;
    std::string key;  // of the member that comes next
  };

  bool Add(Json value) {
    if (levels_.empty()) {
      result_ = std::move(value);
    } else if (Level& level = levels_.back(); level.value.is_array()) {
      level.value.Append(std::move(value));
    } else {
      level.value.Set(std::move(level.key), std::move(value));
    }
    return true;
  }

  bool Open(Json value) {
    if (static_cast<int>(levels_.size()) == max_depth_) {
      return Fail(Concat("lists and objects are nested more than ", max_depth_, " deep"));
    }
    levels_.push_back({std::move(value), ""});
    return true;
  }

  bool Close() {
    Json value = std::move(levels_.back().value);
    levels_.pop_back();
    return Add(std::move(value));
  }

  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  const int max_depth_;
  std::vector<Level> levels_;
  Json result_;
  std::string error_;
};

}  // namespace

absl::StatusOr<Json> Json::Parse(std::string_view text, std::string_view name, const JsonOptions& options) {
  int line = options.first_line;
  const auto error = [&](std::string_view reason) {
    return absl::InvalidArgumentError(Concat(name.empty() ? "JSON" : name, ":", line, ": ", reason));
  };
  if (text.size() > options.max_bytes) {
    return error(Concat(text.size(), " bytes are more than the limit of ", options.max_bytes));
  }
  Builder builder(options.max_depth);
  const CountingIterator begin(text.data(), &line), end(text.data() + text.size(), &line);
  if (!nlohmann::json::sax_parse(begin, end, &builder)) return error(builder.error());
  return builder.Result();
}

}  // namespace rubato
