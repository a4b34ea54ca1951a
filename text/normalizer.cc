#include "text/normalizer.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "common/concat.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/character_class.h"

namespace rubato {
namespace {

// A stretch of a text that can be normalized by itself: one character and those that may join it.
void AppendNfc(std::string_view stretch, std::string* text) {
  utf8proc_uint8_t* composed = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(stretch.data()),
                   static_cast<utf8proc_ssize_t>(stretch.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(composed, std::free);
  if (size < 0) {  // out of memory alone: the text is valid
    text->append(stretch);
  } else {
    text->append(reinterpret_cast<const char*>(composed), static_cast<size_t>(size));
  }
}

// A character that joins none before it; utf8proc may know better than `tokenizers`, and must not see it
// then.
bool IsUnknownMark(uint32_t code_point) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->combining_class != 0;
}

bool Joins(uint32_t code_point) { return code_point >= 0x300 && (ClassesOf(code_point) & kJoinsClass) != 0; }

// The first byte, at or after `at`, of a character that joins, and where the character before it begins.
struct Joint {
  size_t before, at;
};

Joint NextJoint(std::string_view text, size_t at) {
  size_t before = at;
  while (at < text.size()) {
    const Utf8Character character = FirstUtf8Character(text.substr(at));
    if (Joins(character.code_point)) return {before, at};
    before = at;
    at += character.size;
  }
  return {at, at};
}

size_t EndOfJoined(std::string_view text, size_t at) {
  while (at < text.size()) {
    const Utf8Character character = FirstUtf8Character(text.substr(at));
    if (!Joins(character.code_point)) break;
    at += character.size;
  }
  return at;
}

std::string_view ToNfc(std::string_view text, std::string* storage) {
  Joint joint = NextJoint(text, 0);
  if (joint.at == text.size()) return text;
  storage->clear();
  for (size_t done = 0; done < text.size(); joint = NextJoint(text, done)) {
    if (joint.before < joint.at && IsUnknownMark(FirstUtf8Character(text.substr(joint.before)).code_point)) {
      joint.before = joint.at;
    }
    const size_t end = EndOfJoined(text, joint.at);
    storage->append(text.substr(done, joint.before - done));
    AppendNfc(text.substr(joint.before, end - joint.before), storage);
    done = end;
  }
  return *storage;
}

}  // namespace

absl::StatusOr<Normalizer> Normalizer::FromJson(const Json& json) {
  Normalizer normalizer;
  if (json.is_null()) return normalizer;
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "NFC") {
    normalizer.nfc_ = true;
    return normalizer;
  }
  if (kind != "Sequence") {
    return absl::InvalidArgumentError(
        Concat("kind \"", kind, "\" is not supported; supported are NFC and Sequence"));
  }
  ASSIGN_OR_RETURN(const Json::Array* members, json.GetArray("normalizers"));
  for (const Json& member : *members) {
    ASSIGN_OR_RETURN(const Normalizer inner, FromJson(member));
    normalizer.nfc_ |= inner.nfc_;
  }
  return normalizer;
}

std::string_view Normalizer::Apply(std::string_view text, std::string* storage) const {
  return nfc_ ? ToNfc(text, storage) : text;
}

bool Normalizer::JoinsAt(std::string_view text, size_t at) const {
  return nfc_ && at < text.size() && Joins(FirstUtf8Character(text.substr(at)).code_point);
}

}  // namespace rubato
