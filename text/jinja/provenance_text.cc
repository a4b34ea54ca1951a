#include "text/jinja/provenance_text.h"

#include <algorithm>

#include "common/utf8.h"

namespace rubato::jinja {

ProvenanceText ProvenanceText::Content(std::string bytes) {
  ProvenanceText text(std::move(bytes));
  text.AddContent(0, text.size());
  return text;
}

bool ProvenanceText::IsContent(size_t position) const {
  const auto after = std::upper_bound(content_.begin(), content_.end(), position,
                                      [](size_t at, const TextRange& range) { return at < range.begin; });
  return after != content_.begin() && position < std::prev(after)->end;
}

void ProvenanceText::AddContent(size_t begin, size_t end) {
  if (begin == end) return;
  if (!content_.empty() && content_.back().end == begin) {
    content_.back().end = end;
  } else {
    content_.push_back({begin, end});
  }
}

void ProvenanceText::Append(const ProvenanceText& other, size_t begin, size_t end) {
  const size_t shift = bytes_.size();
  bytes_.append(other.bytes_, begin, end - begin);
  auto range = std::partition_point(other.content_.begin(), other.content_.end(),
                                    [begin](const TextRange& range) { return range.end <= begin; });
  for (; range != other.content_.end() && range->begin < end; ++range) {
    AddContent(std::max(range->begin, begin) - begin + shift, std::min(range->end, end) - begin + shift);
  }
}

void ProvenanceText::Append(std::string_view bytes, bool is_content) {
  const size_t begin = bytes_.size();
  bytes_ += bytes;
  if (is_content) AddContent(begin, bytes_.size());
}

ProvenanceText ProvenanceText::Slice(size_t begin, size_t end) const {
  ProvenanceText slice;
  slice.Append(*this, begin, end);
  return slice;
}

ProvenanceText ProvenanceText::Replaced(std::string bytes) const {
  return content_.empty() ? ProvenanceText(std::move(bytes)) : Content(std::move(bytes));
}

std::vector<size_t> CharacterStarts(std::string_view text) {
  std::vector<size_t> starts;
  starts.reserve(text.size() + 1);
  for (size_t at = 0; at < text.size(); ++at) {
    if ((text[at] & 0xC0) != 0x80) starts.push_back(at);
  }
  starts.push_back(text.size());
  return starts;
}

size_t CharacterCount(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

uint32_t CharacterAt(std::string_view text, size_t at, size_t* size) {
  const Utf8Character character = FirstUtf8Character(text.substr(at));
  *size = std::max<size_t>(character.size, 1);
  return character.code_point;
}

void AppendCharacter(uint32_t code_point, std::string* text) {
  const auto byte = [text](uint32_t value) { *text += static_cast<char>(value); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6), byte(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    byte(0xE0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 0x3F)), byte(0x80 | (code_point & 0x3F));
  } else {
    byte(0xF0 | code_point >> 18), byte(0x80 | (code_point >> 12 & 0x3F));
    byte(0x80 | (code_point >> 6 & 0x3F)), byte(0x80 | (code_point & 0x3F));
  }
}

}  // namespace rubato::jinja
