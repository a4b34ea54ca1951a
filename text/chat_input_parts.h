// Inside of ChatInput: what chat_template.cc hands to the interpreter.

#pragma once

#include <ctime>
#include <optional>

#include "text/chat_input.h"
#include "text/jinja/value.h"

namespace rubato {

struct ChatInput::Parts {
  jinja::Value messages = jinja::Value::MakeList({});  // without members that are null
  std::optional<jinja::Value> messages_with_nulls;     // nothing if no member is null
  jinja::Value tools = jinja::Value::None();
  jinja::Value documents = jinja::Value::None();
  bool add_generation_prompt = false;
  jinja::Dict variables;
  std::optional<std::tm> date;
};

}  // namespace rubato
