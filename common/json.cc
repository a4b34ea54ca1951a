#include "common/json.h"

#include <limits>

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status WrongType(const Json& json, std::string_view needed) {
  return absl::InvalidArgumentError(Concat("holds ", json.TypeName(), ", ", needed, " is needed"));
}

absl::Status Missing(std::string_view key) { return absl::NotFoundError(Concat("has no \"", key, "\"")); }

std::string Quoted(std::string_view key) { return Concat("\"", key, "\""); }

// The member by `as`, with the key in the error.
template <typename T>
absl::StatusOr<T> Get(const Json& json, std::string_view key, absl::StatusOr<T> (Json::*as)() const) {
  const Json* member = json.Find(key);
  if (member == nullptr) return Missing(key);
  absl::StatusOr<T> value = (member->*as)();
  if (!value.ok()) return Annotate(value.status(), Quoted(key));
  return value;
}

template <typename T>
absl::StatusOr<T> GetOr(const Json& json, std::string_view key, T otherwise,
                        absl::StatusOr<T> (Json::*as)() const) {
  const Json* member = json.Find(key);
  if (member == nullptr || member->is_null()) return otherwise;
  return Get(json, key, as);
}

}  // namespace

std::string_view Json::TypeName() const {
  switch (value_.index()) {
    case 0:
      return "null";
    case 1:
      return "true or false";
    case 2:
    case 3:
      return "a whole number";
    case 4:
      return "a number";
    case 5:
      return "text";
    case 6:
      return "a list";
    default:
      return "an object";
  }
}

absl::StatusOr<bool> Json::AsBool() const {
  if (const bool* value = std::get_if<bool>(&value_)) return *value;
  return WrongType(*this, "true or false");
}

absl::StatusOr<int64_t> Json::AsInt() const {
  if (const int64_t* value = std::get_if<int64_t>(&value_)) return *value;
  if (std::holds_alternative<uint64_t>(value_))
    return absl::InvalidArgumentError("holds a number that is too large");
  return WrongType(*this, "a whole number");
}

absl::StatusOr<uint64_t> Json::AsUint() const {
  if (const uint64_t* value = std::get_if<uint64_t>(&value_)) return *value;
  if (const int64_t* value = std::get_if<int64_t>(&value_)) {
    if (*value >= 0) return static_cast<uint64_t>(*value);
    return absl::InvalidArgumentError(Concat("holds ", *value, ", a number that is not negative is needed"));
  }
  return WrongType(*this, "a whole number");
}

absl::StatusOr<double> Json::AsDouble() const {
  if (const double* value = std::get_if<double>(&value_)) return *value;
  if (const int64_t* value = std::get_if<int64_t>(&value_)) return static_cast<double>(*value);
  if (const uint64_t* value = std::get_if<uint64_t>(&value_)) return static_cast<double>(*value);
  return WrongType(*this, "a number");
}

absl::StatusOr<std::string> Json::AsString() const {
  if (const std::string* value = std::get_if<std::string>(&value_)) return *value;
  return WrongType(*this, "text");
}

const Json::Array& Json::array() const {
  static const Array& empty = *new Array;
  const Array* array = std::get_if<Array>(&value_);
  return array ? *array : empty;
}

const Json::Object& Json::object() const {
  static const Object& empty = *new Object;
  const Object* object = std::get_if<Object>(&value_);
  return object ? *object : empty;
}

const Json* Json::Find(std::string_view key) const {
  const Object& members = object();
  const auto found = members.find(key);
  return found == members.end() ? nullptr : &found->second;
}

absl::StatusOr<bool> Json::GetBool(std::string_view key) const { return Get(*this, key, &Json::AsBool); }
absl::StatusOr<int64_t> Json::GetInt(std::string_view key) const { return Get(*this, key, &Json::AsInt); }
absl::StatusOr<uint64_t> Json::GetUint(std::string_view key) const { return Get(*this, key, &Json::AsUint); }
absl::StatusOr<double> Json::GetDouble(std::string_view key) const {
  return Get(*this, key, &Json::AsDouble);
}
absl::StatusOr<std::string> Json::GetString(std::string_view key) const {
  return Get(*this, key, &Json::AsString);
}

absl::StatusOr<bool> Json::GetBoolOr(std::string_view key, bool otherwise) const {
  return GetOr(*this, key, otherwise, &Json::AsBool);
}
absl::StatusOr<int64_t> Json::GetIntOr(std::string_view key, int64_t otherwise) const {
  return GetOr(*this, key, otherwise, &Json::AsInt);
}
absl::StatusOr<double> Json::GetDoubleOr(std::string_view key, double otherwise) const {
  return GetOr(*this, key, otherwise, &Json::AsDouble);
}
absl::StatusOr<std::string> Json::GetStringOr(std::string_view key, std::string otherwise) const {
  return GetOr(*this, key, std::move(otherwise), &Json::AsString);
}

absl::StatusOr<const Json::Array*> Json::GetArray(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr) return Missing(key);
  if (!member->is_array()) return Annotate(WrongType(*member, "a list"), Quoted(key));
  return &member->array();
}

absl::StatusOr<const Json::Object*> Json::GetObject(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr) return Missing(key);
  if (!member->is_object()) return Annotate(WrongType(*member, "an object"), Quoted(key));
  return &member->object();
}

void Json::Set(std::string key, Json value) {
  if (is_null()) value_ = Object();
  std::get<Object>(value_).insert_or_assign(std::move(key), std::move(value));
}

void Json::Append(Json value) {
  if (is_null()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(value));
}

}  // namespace rubato
