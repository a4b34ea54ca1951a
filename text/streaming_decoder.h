// The text of a sequence of ids, piece by piece while the ids come.
//
//   StreamingDecoder decoder(tokenizer);
//   for (int32_t id : ids) text += decoder.Next(id);
//   text += decoder.Finish();
//
// `text` is then exactly tokenizer.Decode(ids): a token may end in the middle of a character, whose bytes are
// held back until the rest of it has come. One sequence has one decoder; not thread-safe.

#pragma once

#include <cstdint>
#include <string>

#include "text/tokenizer.h"
#include "text/utf8_stream.h"

namespace rubato {

class StreamingDecoder {
 public:
  explicit StreamingDecoder(Tokenizer tokenizer, Tokenizer::Special special = Tokenizer::Special::kKeep);

  // The text that `id` completes: whole characters, often none. Ids outside the vocabulary give nothing.
  std::string Next(int32_t id);

  // What is left, with U+FFFD for a character that never ended. The decoder then starts anew.
  std::string Finish();

 private:
  Tokenizer tokenizer_;
  Tokenizer::Special special_;
  Utf8Stream characters_;
  bool first_ = true;
};

}  // namespace rubato
