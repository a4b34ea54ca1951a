#include "common/json_lines_answer.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "common/json.h"

namespace rubato {
namespace {

void Append(int32_t number, std::string* text) {
  char digits[16];
  text->append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

void Append(float number, std::string* text) {
  if (!std::isfinite(number)) {
    text->append("null");
    return;
  }
  char digits[32];
  const std::string_view shortest(digits,
                                  std::to_chars(digits, digits + sizeof(digits), number).ptr - digits);
  text->append(shortest);
  // A whole number stays one of the others by type.
  if (shortest.find_first_of(".e") == std::string_view::npos) text->append(".0");
}

template <typename Number>
void AppendList(std::span<const Number> numbers, std::string* text) {
  text->push_back('[');
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text->push_back(',');
    Append(numbers[i], text);
  }
  text->push_back(']');
}

template <typename Number>
void AppendLists(std::span<const Number> numbers, size_t size, std::string* text) {
  text->push_back('[');
  for (size_t i = 0; i < numbers.size(); i += size) {
    if (i > 0) text->push_back(',');
    AppendList(numbers.subspan(i, size), text);
  }
  text->push_back(']');
}

}  // namespace

JsonAnswer::JsonAnswer(std::string_view id) : text_("{\"id\":") { text_.append(id); }

void JsonAnswer::BeginMember(std::string_view key) { text_.append(",\"").append(key).append("\":"); }

void JsonAnswer::Add(std::string_view key, std::string_view text) {
  BeginMember(key);
  text_.append(Json(text).Dump());
}

void JsonAnswer::Add(std::string_view key, int64_t number) {
  BeginMember(key);
  text_.append(std::to_string(number));
}

void JsonAnswer::Add(std::string_view key, std::span<const int32_t> numbers) {
  BeginMember(key);
  AppendList(numbers, &text_);
}

void JsonAnswer::Add(std::string_view key, std::span<const float> numbers) {
  BeginMember(key);
  AppendList(numbers, &text_);
}

void JsonAnswer::AddLists(std::string_view key, std::span<const int32_t> numbers, size_t size) {
  BeginMember(key);
  AppendLists(numbers, size, &text_);
}

void JsonAnswer::AddLists(std::string_view key, std::span<const float> numbers, size_t size) {
  BeginMember(key);
  AppendLists(numbers, size, &text_);
}

std::string JsonAnswer::Take() { return std::exchange(text_, "") + "}"; }

}  // namespace rubato
