#include "tests/text/generated_text.h"

namespace rubato {
namespace {

void AppendUtf8(uint32_t code_point, std::string* text) {
  const auto tail = [&](int shift) {
    text->push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
  };
  if (code_point < 0x80) {
    text->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text->push_back(static_cast<char>(0xC0 | code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    text->push_back(static_cast<char>(0xE0 | code_point >> 12));
    tail(6);
    tail(0);
  } else {
    text->push_back(static_cast<char>(0xF0 | code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

uint32_t CodePoint(const Json& json) { return static_cast<uint32_t>(*json.AsInt()); }

}  // namespace

// SplitMix64 (Steele, Lea, Flood 2014).
class GeneratedTexts::Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  uint32_t Below(size_t n) {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return static_cast<uint32_t>((z ^ z >> 31) % n);
  }

  template <typename T>
  const T& Of(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

 private:
  uint64_t state_;
};

GeneratedTexts::GeneratedTexts(const Json& parts) {
  for (const Json& text : parts.Find("texts")->array()) texts_.push_back(*text.AsString());
  for (const Json& space : parts.Find("spaces")->array()) spaces_.push_back(CodePoint(space));
  for (const Json& zero : parts.Find("zeros")->array()) zeros_.push_back(CodePoint(zero));
  for (const Json& range : parts.Find("ranges")->array()) {
    ranges_.emplace_back(CodePoint(range.array()[0]), CodePoint(range.array()[1]));
  }
}

std::string GeneratedTexts::Run(Draw* draw) const {
  const uint32_t kind = draw->Below(8);
  if (kind < 3) return draw->Of(texts_);
  const uint32_t length = 1 + draw->Below(6);
  std::string text;
  if (kind == 3) {
    for (uint32_t i = 0; i < length; ++i) AppendUtf8(draw->Of(spaces_), &text);
    return text;
  }
  if (kind == 4) {
    for (uint32_t i = 0; i < length; ++i) {
      const uint32_t zero = draw->Of(zeros_);
      AppendUtf8(zero + draw->Below(10), &text);
    }
    return text;
  }
  const auto [first, last] = draw->Of(ranges_);
  uint32_t code_point = 0;
  for (uint32_t i = 0; i < length; ++i) {
    if (i == 0 || kind != 5) code_point = first + draw->Below(last - first + 1);
    AppendUtf8(code_point, &text);
  }
  return text;
}

std::string GeneratedTexts::Generate(uint64_t seed) const {
  Draw draw(seed);
  std::string text;
  for (uint32_t runs = draw.Below(10); runs > 0; --runs) text += Run(&draw);
  return text;
}

}  // namespace rubato
