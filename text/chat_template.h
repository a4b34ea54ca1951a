// The chat template of a model directory: messages become one text, as `apply_chat_template` of
// `transformers` writes it (Jinja with trim_blocks, lstrip_blocks, loop controls, its own `tojson`,
// `raise_exception`, `strftime_now` and `generation` blocks, in an immutable sandbox).
//
// A subset of Jinja (docs/chat-templates.md): what is outside is refused by name and line when the template
// is parsed.  Rendering is bounded in steps, depth and bytes; each error names its limit.
//
// Immutable after Parse: any thread may render; moves and copies are cheap.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "text/chat_input.h"
#include "text/chat_limits.h"
#include "text/text_range.h"

namespace rubato {

struct RenderedChat {
  std::string text;
  // The ranges of `text` that came out of the caller's data, ascending, apart, none empty.  Special tokens
  // that lie wholly inside one of them are text: hand this to Tokenizer::Encode, with Adding::kNothing, since
  // the template has written the special tokens that belong there.
  std::vector<TextRange> content;
};

class ChatTemplate {
 public:
  // `name` says where the template came from, for messages.
  // INVALID_ARGUMENT "NAME:LINE: ...": not Jinja, or outside of the subset.
  static absl::StatusOr<ChatTemplate> Parse(std::string_view source, std::string_view name = "chat template");

  // The template of a model directory: `chat_template.jinja` (others by name in
  // `additional_chat_templates/`), or else `chat_template` in `tokenizer_config.json`, a text or a list of
  // {"name", "template"}, or else `chat_template.json`.  Of several, "tool_use" is for inputs with tools,
  // where it exists, and "default" for the rest.  Special tokens (`bos_token`, `eos_token`, ...) are those of
  // `tokenizer_config.json` and `special_tokens_map.json`. Nothing: the directory has no template.
  // INVALID_ARGUMENT: it has one that cannot be used, and why.
  static absl::StatusOr<std::optional<ChatTemplate>> Load(const std::string& dir);

  // INVALID_ARGUMENT "NAME:LINE: ...": the template refuses the messages (`raise_exception`), does what Jinja
  // has no answer for, or exceeds a limit.  RESOURCE_EXHAUSTED is never returned: every error is one of data.
  absl::StatusOr<RenderedChat> Render(const ChatInput& input, const ChatLimits& limits = {}) const;

  struct Parts;

 private:
  explicit ChatTemplate(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

}  // namespace rubato
