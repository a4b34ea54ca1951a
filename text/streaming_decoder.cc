#include "text/streaming_decoder.h"

#include <utility>

namespace rubato {

StreamingDecoder::StreamingDecoder(Tokenizer tokenizer, Tokenizer::Special special)
    : tokenizer_(std::move(tokenizer)), special_(special) {}

std::string StreamingDecoder::Next(int32_t id) {
  std::string text;
  if (special_ == Tokenizer::Special::kSkip && tokenizer_.IsSpecial(id)) return text;
  std::string bytes;
  if (!tokenizer_.AppendDecoded(id, first_, &bytes)) return text;
  first_ = false;
  characters_.Feed(bytes, &text);
  return text;
}

std::string StreamingDecoder::Finish() {
  std::string text;
  characters_.Finish(&text);
  first_ = true;
  return text;
}

}  // namespace rubato
