#include "text/jinja/from_json.h"

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/json_events.h"
#include "common/status.h"

namespace rubato::jinja {
namespace {

class Builder : public JsonEvents {
 public:
  explicit Builder(Trust trust) : is_content_(trust == Trust::kContent) {}

  void Null() override { Add(Value::None()); }
  void Bool(bool value) override { Add(Value::Of(value)); }
  void Int(int64_t value) override { Add(Value::Of(value)); }
  void Uint(uint64_t) override {
    is_too_large_ = true;
    Add(Value::None());
  }
  void Double(double value) override { Add(Value::Of(value)); }
  void String(std::string value) override { Add(Text(std::move(value))); }
  void BeginArray() override { levels_.push_back({.is_list = true}); }
  void BeginObject() override { levels_.push_back({.is_list = false}); }
  void EndArray() override { Close(); }
  void EndObject() override { Close(); }

  bool Key(std::string key) override {
    Level& level = levels_.back();
    level.key = Text(std::move(key));
    return level.dict.Find(level.key) == nullptr;
  }

  bool is_too_large() const { return is_too_large_; }
  Value Result() { return std::move(result_); }

 private:
  struct Level {
    bool is_list;
    List list = {};
    Dict dict = {};
    Value key = {};
  };

  Value Text(std::string text) const {
    return Value::Of(is_content_ ? ProvenanceText::Content(std::move(text))
                                 : ProvenanceText(std::move(text)));
  }

  void Add(Value value) {
    if (levels_.empty()) {
      result_ = std::move(value);
    } else if (Level& level = levels_.back(); level.is_list) {
      level.list.push_back(std::move(value));
    } else {
      level.dict.Set(level.key, std::move(value));
    }
  }

  void Close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    Add(level.is_list ? Value::MakeList(std::move(level.list)) : Value::Of(std::move(level.dict)));
  }

  const bool is_content_;
  bool is_too_large_ = false;
  std::vector<Level> levels_;
  Value result_;
};

}  // namespace

absl::StatusOr<Value> FromJson(std::string_view json, std::string_view name, const JsonOptions& options,
                               Trust trust) {
  Builder builder(trust);
  RETURN_IF_ERROR(ParseJsonEvents(json, name, options, &builder));
  if (builder.is_too_large()) {
    return absl::InvalidArgumentError(
        Concat(name.empty() ? "JSON" : name, ":", options.first_line,
               ": a whole number is beyond 64 bits, which templates cannot write here"));
  }
  return builder.Result();
}

}  // namespace rubato::jinja
