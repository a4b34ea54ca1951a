// JSON values: a strict parser for what comes from outside, and a deterministic writer.
//
// A value with value semantics, not thread-safe.  The parser refuses duplicate keys, invalid UTF-8, anything
// after the value, numbers beyond double, and what exceeds its limits; errors name the source and the line.
// The writer sorts keys and writes the shortest number that reads back the same, so equal values give equal
// bytes.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct JsonOptions {
  size_t max_bytes = size_t{64} << 20;
  int max_depth = 32;  // of nested arrays and objects
  int first_line = 1;  // number of the text's first line, for messages about a line of a JSON lines file
};

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Json(T value);
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  // INVALID_ARGUMENT "NAME:LINE: what is wrong"; `name` says where the text came from and may be empty.
  static absl::StatusOr<Json> Parse(std::string_view text, std::string_view name = "",
                                    const JsonOptions& options = {});

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  // "null", "true or false", "a whole number", "a number", "text", "a list" or "an object": for messages.
  std::string_view TypeName() const;

  // The value as one type.  INVALID_ARGUMENT "holds text, a whole number is needed" if it is another, or does
  // not fit. A whole number is also a double; 3.0 is not a whole number.
  absl::StatusOr<bool> AsBool() const;
  absl::StatusOr<int64_t> AsInt() const;
  absl::StatusOr<uint64_t> AsUint() const;
  absl::StatusOr<double> AsDouble() const;
  absl::StatusOr<std::string> AsString() const;

  // Empty when this is something else: check is_array() or is_object() where that matters.
  const Array& array() const;
  const Object& object() const;

  // The member, or null when it is absent or this is no object.
  const Json* Find(std::string_view key) const;

  // Members as one type: NOT_FOUND "has no "key"" when absent, INVALID_ARGUMENT naming the key when of
  // another type.
  absl::StatusOr<bool> GetBool(std::string_view key) const;
  absl::StatusOr<int64_t> GetInt(std::string_view key) const;
  absl::StatusOr<uint64_t> GetUint(std::string_view key) const;
  absl::StatusOr<double> GetDouble(std::string_view key) const;
  absl::StatusOr<std::string> GetString(std::string_view key) const;
  // Absent members and null give `otherwise`; another type is still an error.
  absl::StatusOr<bool> GetBoolOr(std::string_view key, bool otherwise) const;
  absl::StatusOr<int64_t> GetIntOr(std::string_view key, int64_t otherwise) const;
  absl::StatusOr<double> GetDoubleOr(std::string_view key, double otherwise) const;
  absl::StatusOr<std::string> GetStringOr(std::string_view key, std::string otherwise) const;
  // Pointers into this value.
  absl::StatusOr<const Array*> GetArray(std::string_view key) const;
  absl::StatusOr<const Object*> GetObject(std::string_view key) const;

  // Turns null into an object or list first; must not be called on any other type.
  void Set(std::string key, Json value);
  void Append(Json value);

  // One line without spaces.  NaN and infinities, which JSON lacks, are written as null.  Invalid UTF-8 is
  // written as U+FFFD.
  std::string Dump() const;
  // The same over several lines, two spaces per level.
  std::string Pretty() const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  friend class JsonWriter;

  // Whole numbers above the int64 range are uint64, all others int64; those beyond both are double.
  std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, Array, Object> value_;
};

template <std::integral T>
requires(!std::same_as<T, bool> && !std::same_as<T, char>) Json::Json(T value) {
  if (std::in_range<int64_t>(value)) {
    value_ = static_cast<int64_t>(value);
  } else {
    value_ = static_cast<uint64_t>(value);
  }
}

}  // namespace rubato
