#include "text/chat_input.h"

#include <chrono>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/status.h"
#include "text/chat_input_parts.h"
#include "text/jinja/from_json.h"
#include "text/jinja/operators.h"

namespace rubato {
namespace {

using jinja::Dict;
using jinja::List;
using jinja::Type;
using jinja::Value;

constexpr std::string_view kReasoningNames[] = {"reasoning_content", "thinking", "reasoning"};

absl::Status Wrong(std::string_view name, std::string_view what) {
  return absl::InvalidArgumentError(name.empty() ? std::string(what) : Concat(name, ": ", what));
}

Dict WithoutNulls(const Dict& message) {
  Dict plain;
  for (const auto& [key, value] : message.entries()) {
    if (!value.Is(Type::kNone)) plain.Set(key, value);
  }
  return plain;
}

// Reasoning is found under the newer names too, as `transformers` has it.
Value WithReasoning(Dict plain) {
  const Value* reasoning = nullptr;
  for (const std::string_view name : kReasoningNames) {
    const Value* const found = reasoning == nullptr ? plain.Find(name) : nullptr;
    if (found != nullptr && !found->Is(Type::kNone)) reasoning = found;
  }
  if (reasoning == nullptr) return Value::Of(std::move(plain));
  Dict aliased;
  aliased.Set(Value::Trusted("thinking"), *reasoning);
  for (const auto& [key, value] : plain.entries()) aliased.Set(key, value);
  aliased.Set(Value::Trusted("reasoning_content"), *reasoning);
  return Value::Of(std::move(aliased));
}

absl::Status SetMessages(const Value& given, std::string_view name, ChatInput::Parts* parts) {
  if (!given.Is(Type::kList)) return Wrong(name, "\"messages\" is a list of messages");
  if (given.items().empty()) return Wrong(name, "\"messages\" is empty; a chat has at least one message");
  List messages, with_nulls;
  bool has_nulls = false;
  for (const Value& message : given.items()) {
    if (!message.Is(Type::kDict)) {
      return Wrong(name, Concat("message ", messages.size() + 1, " of \"messages\" is no object"));
    }
    Dict plain = WithoutNulls(message.dict());
    has_nulls |= plain.entries().size() < message.dict().entries().size();
    messages.push_back(WithReasoning(std::move(plain)));
    with_nulls.push_back(WithReasoning(message.dict()));
  }
  parts->messages = Value::MakeList(std::move(messages));
  parts->messages_with_nulls.reset();
  if (has_nulls) parts->messages_with_nulls = Value::MakeList(std::move(with_nulls));
  return absl::OkStatus();
}

absl::Status CheckObjects(const Value& given, std::string_view member, std::string_view name) {
  if (given.Is(Type::kNone)) return absl::OkStatus();
  if (!given.Is(Type::kList)) return Wrong(name, Concat("\"", member, "\" is a list or null"));
  for (const Value& item : given.items()) {
    if (!item.Is(Type::kDict))
      return Wrong(name, Concat("\"", member, "\" holds something that is no object"));
  }
  return absl::OkStatus();
}

absl::Status SetMember(std::string_view member, const Value& value, std::string_view name,
                       ChatInput::Parts* parts) {
  if (member == "messages") {
    RETURN_IF_ERROR(SetMessages(value, name, parts));
  } else if (member == "tools" || member == "documents") {
    RETURN_IF_ERROR(CheckObjects(value, member, name));
    (member == "tools" ? parts->tools : parts->documents) = value;
  } else if (member == "add_generation_prompt") {
    if (!value.Is(Type::kBool)) return Wrong(name, "\"add_generation_prompt\" is true or false");
    parts->add_generation_prompt = value.boolean();
  } else if (member == "chat_template_kwargs") {
    if (!value.Is(Type::kDict)) return Wrong(name, "\"chat_template_kwargs\" is an object");
    for (const auto& [key, inner] : value.dict().entries()) {
      if (key.bytes() == "messages" || key.bytes() == "chat_template_kwargs") {
        return Wrong(name, Concat("\"", key.bytes(), "\" in \"chat_template_kwargs\" is no variable"));
      }
      RETURN_IF_ERROR(SetMember(key.bytes(), inner, name, parts));
    }
  } else {
    parts->variables.Set(Value::Trusted(std::string(member)), value);
  }
  return absl::OkStatus();
}

}  // namespace

ChatInput::ChatInput() : parts_(std::make_shared<Parts>()) {}
ChatInput::ChatInput(const ChatInput& other) : parts_(std::make_shared<Parts>(*other.parts_)) {}
ChatInput::ChatInput(ChatInput&&) noexcept = default;
ChatInput& ChatInput::operator=(const ChatInput& other) {
  parts_ = std::make_shared<Parts>(*other.parts_);
  return *this;
}
ChatInput& ChatInput::operator=(ChatInput&&) noexcept = default;
ChatInput::~ChatInput() = default;

absl::StatusOr<ChatInput> ChatInput::FromJson(std::string_view json, std::string_view name) {
  ASSIGN_OR_RETURN(const Value row, jinja::FromJson(json, name));
  if (!row.Is(Type::kDict)) return Wrong(name, "a chat is an object with \"messages\"");
  if (row.dict().Find("messages") == nullptr) return Wrong(name, "has no \"messages\"");
  ChatInput input;
  for (const auto& [key, value] : row.dict().entries()) {
    if (key.bytes() != "id") RETURN_IF_ERROR(SetMember(key.bytes(), value, name, input.parts_.get()));
  }
  return input;
}

absl::StatusOr<ChatInput> ChatInput::FromMessages(std::string_view json, std::string_view name) {
  ASSIGN_OR_RETURN(const Value messages, jinja::FromJson(json, name));
  ChatInput input;
  RETURN_IF_ERROR(SetMember("messages", messages, name, input.parts_.get()));
  return input;
}

absl::StatusOr<ChatInput> ChatInput::FromRow(std::string_view json, std::string_view key,
                                             std::string_view name) {
  ASSIGN_OR_RETURN(const Value row, jinja::FromJson(json, name));
  const Value* const messages = row.dict().Find(key);
  if (messages == nullptr) return Wrong(name, Concat("has no \"", key, "\""));
  ChatInput input;
  RETURN_IF_ERROR(SetMember("messages", *messages, name, input.parts_.get()));
  if (const Value* tools = row.dict().Find("tools"); tools != nullptr && tools->Is(Type::kList)) {
    RETURN_IF_ERROR(SetMember("tools", *tools, name, input.parts_.get()));
  }
  if (const Value* variables = row.dict().Find("chat_template_kwargs"); variables != nullptr) {
    RETURN_IF_ERROR(SetMember("chat_template_kwargs", *variables, name, input.parts_.get()));
  }
  input.set_add_generation_prompt(true);
  return input;
}

absl::Status ChatInput::SetDefaults(std::string_view json, std::string_view name) {
  ASSIGN_OR_RETURN(const Value variables, jinja::FromJson(json, name));
  if (!variables.Is(Type::kDict)) return Wrong(name, "is no JSON object");
  for (const auto& [key, value] : variables.dict().entries()) {
    if (key.bytes() == "messages") return Wrong(name, "\"messages\" is no variable");
    const bool is_set = parts_->variables.Find(key) != nullptr ||
                        (key.bytes() == "tools" && !parts_->tools.Is(Type::kNone)) ||
                        (key.bytes() == "documents" && !parts_->documents.Is(Type::kNone));
    if (!is_set) RETURN_IF_ERROR(SetMember(key.bytes(), value, name, parts_.get()));
  }
  return absl::OkStatus();
}

absl::Status ChatInput::Set(std::string_view name, std::string_view json) {
  ASSIGN_OR_RETURN(const Value value, jinja::FromJson(json, name));
  return SetMember(name, value, "", parts_.get());
}

void ChatInput::set_add_generation_prompt(bool add) { parts_->add_generation_prompt = add; }

absl::Status ChatInput::SetDate(std::string_view date) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto number = [&](size_t begin, size_t size) {
    int value = 0;
    for (size_t i = begin; i < begin + size; ++i) value = 10 * value + (date[i] - '0');
    return value;
  };
  bool is_date = date.size() == 10;
  for (size_t i = 0; is_date && i < date.size(); ++i)
    is_date = i == 4 || i == 7 ? date[i] == '-' : is_digit(date[i]);
  if (is_date) {
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    is_date = day.ok() && number(0, 4) > 0;
    if (is_date) {
      std::tm tm = {};
      tm.tm_year = number(0, 4) - 1900;
      tm.tm_mon = number(5, 2) - 1;
      tm.tm_mday = number(8, 2);
      const std::chrono::sys_days days = day;
      tm.tm_wday = static_cast<int>(std::chrono::weekday(days).c_encoding());
      tm.tm_yday = static_cast<int>((days - std::chrono::sys_days(day.year() / 1 / 1)).count());
      parts_->date = tm;
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(Concat("\"", date, "\" is no date; write YYYY-MM-DD"));
}

}  // namespace rubato
