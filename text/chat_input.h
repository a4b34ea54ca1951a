// What a caller gives to a chat template: messages, tools, documents, variables, today's date.
//
// Made from JSON text, whose order of keys is kept (templates write it out).  Everything in it counts as
// content: whatever a template writes of it is text and never a special token.
//
// A value; copies share what was read.  Immutable parts may be used by any thread.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

class ChatInput {
 public:
  // From an object: `messages` is needed; `tools`, `documents` and `add_generation_prompt` (absent: false)
  // are what they are to `apply_chat_template` of `transformers`; the members of `chat_template_kwargs` and
  // every other member, `id` excepted, are variables of the template, such as `enable_thinking`.
  // INVALID_ARGUMENT "NAME:LINE: ..." names the member and what is wrong with it.
  static absl::StatusOr<ChatInput> FromJson(std::string_view json, std::string_view name = "");

  // The same with the list of messages alone: [{"role": "user", "content": "..."}, ...].
  static absl::StatusOr<ChatInput> FromMessages(std::string_view json, std::string_view name = "");

  // The prompt of a training row: the messages are its member `key`; `tools`, where it is a list, and
  // `chat_template_kwargs` belong to the chat, everything else to the verifier. A prompt asks for an answer:
  // add_generation_prompt is set.
  static absl::StatusOr<ChatInput> FromRow(std::string_view json, std::string_view key,
                                           std::string_view name = "");

  ChatInput(const ChatInput&);
  ChatInput(ChatInput&&) noexcept;
  ChatInput& operator=(const ChatInput&);
  ChatInput& operator=(ChatInput&&) noexcept;
  ~ChatInput();

  // Sets one variable, or `tools`, `documents` or `add_generation_prompt`, from its JSON text.  A variable
  // may overrule a special token (`bos_token`), as in `transformers`.
  absl::Status Set(std::string_view name, std::string_view json);

  // The members of the object `json` as variables, those excepted that are set already.
  absl::Status SetDefaults(std::string_view json, std::string_view name = "");

  void set_add_generation_prompt(bool add);

  // The day that `strftime_now` writes, at midnight, as YYYY-MM-DD; without it: now, in local time.
  // INVALID_ARGUMENT: no such day.
  absl::Status SetDate(std::string_view date);

  struct Parts;
  const Parts& parts() const { return *parts_; }  // for chat_template.cc

 private:
  ChatInput();
  std::shared_ptr<Parts> parts_;
};

}  // namespace rubato
