// A text that knows which of its bytes came from the caller.
//
// The texts of a template are trusted, what the caller gives (messages, tools, variables) is content.  Every
// operation on texts keeps the two apart byte by byte, so that in the end the tokenizer can tell a special
// token that the template wrote from one that somebody typed.
//
// A value.  Bytes are valid UTF-8; positions are bytes unless said otherwise.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/text_range.h"

namespace rubato::jinja {

class ProvenanceText {
 public:
  ProvenanceText() = default;
  explicit ProvenanceText(std::string trusted) : bytes_(std::move(trusted)) {}
  static ProvenanceText Content(std::string bytes);

  const std::string& bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  // Ascending, apart, none empty.
  const std::vector<TextRange>& content() const { return content_; }
  bool IsContent(size_t position) const;

  void Append(const ProvenanceText& other) { Append(other, 0, other.size()); }
  // The bytes [begin, end) of `other`.
  void Append(const ProvenanceText& other, size_t begin, size_t end);
  void Append(std::string_view bytes, bool is_content);
  void AppendTrusted(std::string_view bytes) { bytes_ += bytes; }

  ProvenanceText Slice(size_t begin, size_t end) const;
  // `bytes` in place of these; content if any of these is.
  ProvenanceText Replaced(std::string bytes) const;

 private:
  void AddContent(size_t begin, size_t end);

  std::string bytes_;
  std::vector<TextRange> content_;
};

// The byte at which each character begins, and the size at the end: size() - 1 characters.
std::vector<size_t> CharacterStarts(std::string_view text);
size_t CharacterCount(std::string_view text);

// The character that begins at `at`, which must be one.
uint32_t CharacterAt(std::string_view text, size_t at, size_t* size);
void AppendCharacter(uint32_t code_point, std::string* text);

}  // namespace rubato::jinja
