#include "policy/config_reader.h"

#include <algorithm>
#include <cmath>

#include "common/concat.h"

namespace rubato {

namespace {

constexpr size_t kLongestShown = 80;

}  // namespace

std::string ShowValue(const Json& value) {
  std::string text = value.Dump();
  if (text.size() <= kLongestShown) return text;
  size_t end = kLongestShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a character
  return Concat(text.substr(0, end), "...");
}

void ConfigReader::Add(std::string_view problem) { problems_->Add(Concat(file_, ": ", problem)); }

const Json* ConfigReader::Find(std::string_view key) const {
  const Json* value = object_.Find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string ConfigReader::Name(std::string_view key) const {
  return Concat("\"", section_, section_.empty() ? "" : ".", key, "\"");
}

void ConfigReader::Refuse(std::string_view key, const Json& value, std::string_view needed) {
  Add(Concat(Name(key), " is ", ShowValue(value), ", ", needed, " is needed"));
}

int ConfigReader::Size(std::string_view key, int64_t most) {
  if (Find(key) == nullptr) {
    Add(Concat("has no ", Name(key), "; take it from the model's author"));
    return 0;
  }
  return *SizeIfSaid(key, most);
}

std::optional<int> ConfigReader::SizeIfSaid(std::string_view key, int64_t most) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  const absl::StatusOr<int64_t> number = value->AsInt();
  if (number.ok() && *number >= 1 && *number <= most) return static_cast<int>(*number);
  Refuse(key, *value, Concat("a whole number from 1 to ", most));
  return 0;
}

std::optional<double> ConfigReader::NumberFrom(std::string_view key, double least) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  const absl::StatusOr<double> number = value->AsDouble();
  if (number.ok() && std::isfinite(*number) && *number >= least) return *number;
  Refuse(key, *value, Concat("a number of at least ", least));
  return std::nullopt;
}

std::optional<double> ConfigReader::NumberAbove(std::string_view key, double least) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  const absl::StatusOr<double> number = value->AsDouble();
  if (number.ok() && std::isfinite(*number) && *number > least) return *number;
  Refuse(key, *value, Concat("a number above ", least));
  return std::nullopt;
}

bool ConfigReader::BoolOr(std::string_view key, bool otherwise) {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  const absl::StatusOr<bool> answer = value->AsBool();
  if (!answer.ok()) Refuse(key, *value, "true or false");
  return answer.value_or(otherwise);
}

std::optional<std::string> ConfigReader::TextIfSaid(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  absl::StatusOr<std::string> text = value->AsString();
  if (text.ok()) return *std::move(text);
  Refuse(key, *value, "text");
  return std::nullopt;
}

const Json* ConfigReader::ObjectIfSaid(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr || value->is_object()) return value;
  Refuse(key, *value, "an object");
  return nullptr;
}

std::vector<int32_t> ConfigReader::TokenIds(std::string_view key, int vocab) {
  const Json* value = Find(key);
  if (value == nullptr) return {};
  std::vector<int32_t> ids;
  const Json::Array one = {*value};
  for (const Json& entry : value->is_array() ? value->array() : one) {
    const absl::StatusOr<int64_t> id = entry.AsInt();
    const int64_t end = vocab > 0 ? vocab : INT32_MAX;
    if (id.ok() && *id >= 0 && *id < end) {
      ids.push_back(static_cast<int32_t>(*id));
    } else {
      Add(Concat(Name(key), " holds ", ShowValue(entry), ", a token id below \"vocab_size\", ", end,
                 ", is needed"));
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

void ConfigReader::CheckTokenId(std::string_view key, int vocab) {
  const Json* value = Find(key);
  if (value == nullptr) return;
  const absl::StatusOr<int64_t> id = value->AsInt();
  const int64_t end = vocab > 0 ? vocab : INT32_MAX;
  if (id.ok() && *id < end) return;
  Refuse(key, *value, Concat("a token id below \"vocab_size\", ", end, ","));
}

}  // namespace rubato
