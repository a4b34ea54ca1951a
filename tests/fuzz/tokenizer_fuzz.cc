// What must hold for any bytes that somebody calls a tokenizer.json, and for any text that the tokenizer then
// gets: the part of the input behind the first line of "%%".  Entry point of libFuzzer;
// tokenizer_fuzz_test.cc is the short round of the ordinary test run.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/utf8.h"
#include "text/streaming_decoder.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

void Require(bool condition) {
  if (!condition) abort();
}

// Ids are of tokens, what is decoded is text, and decoding it piece by piece gives the same.
void CheckText(const Tokenizer& tokenizer, std::string_view text) {
  const auto ids = tokenizer.Encode(text);
  Require(ids.ok() || !IsUtf8(text) || ids.status().code() == absl::StatusCode::kInvalidArgument);
  if (!ids.ok()) return;
  Require(IsUtf8(text));
  StreamingDecoder decoder(tokenizer);
  std::string streamed;
  for (const int32_t id : *ids) {
    Require(tokenizer.TokenOf(id).has_value());
    const std::string piece = decoder.Next(id);
    Require(IsUtf8(piece));
    streamed += piece;
  }
  Require(streamed + decoder.Finish() == tokenizer.Decode(*ids));
  const TextRange everything = {0, text.size()};
  Tokenizer::EncodeOptions options;
  options.content = {&everything, 1};
  options.adding = Tokenizer::Adding::kNothing;
  const auto content = tokenizer.Encode(text, options);
  Require(content.ok() || content.status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rubato

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find("\n%%\n");
  const auto tokenizer = rubato::Tokenizer::FromJson(input.substr(0, end));
  if (!tokenizer.ok()) {
    rubato::Require(tokenizer.status().code() != absl::StatusCode::kInternal);
  } else if (end != std::string_view::npos) {
    rubato::CheckText(*tokenizer, input.substr(end + 4));
  }
  return 0;
}
