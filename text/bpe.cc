#include "text/bpe.h"

#include <utility>

#include "common/concat.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/merge.h"

namespace rubato {
namespace {

constexpr uint32_t kLowCharacters = 0x800;  // those of one or two bytes

std::string Utf8OfLow(uint32_t code_point) {
  if (code_point < 0x80) return std::string(1, static_cast<char>(code_point));
  return {static_cast<char>(0xC0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 0x3F))};
}

std::string ByteToken(int byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
}

}  // namespace

Bpe::Bpe(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    : TokenModel(std::move(vocabulary)),
      merges_(std::move(merges)),
      options_(std::move(options)),
      whole_(new std::atomic<uint8_t>[this->vocabulary().size()]()) {
  if (options_.unknown_token) unknown_ = this->vocabulary().IdOf(*options_.unknown_token);
  for (uint32_t code_point = 0; code_point < kLowCharacters; ++code_point) {
    low_characters_.push_back(this->vocabulary().IdOf(Utf8OfLow(code_point)).value_or(-1));
  }
  for (int byte = 0; byte < 256; ++byte)
    bytes_.push_back(this->vocabulary().IdOf(ByteToken(byte)).value_or(-1));
}

absl::Status Bpe::Tokenize(std::string_view piece, std::vector<int32_t>* ids) const {
  const std::optional<int32_t> id = vocabulary().IdOf(piece);
  if (id && (options_.ignore_merges || whole_[*id].load(std::memory_order_relaxed) == kWhole)) {
    ids->push_back(*id);
    return absl::OkStatus();
  }
  const size_t first = ids->size();
  RETURN_IF_ERROR(AppendCharacters(piece, ids));
  MergeTail(merges_, first, ids);
  if (id) {
    const bool whole = ids->size() == first + 1 && ids->back() == *id;
    whole_[*id].store(whole ? kWhole : kInParts, std::memory_order_relaxed);
  }
  return absl::OkStatus();
}

int32_t Bpe::IdOfCharacter(std::string_view character) const {
  if (character.size() <= 2) return low_characters_[FirstUtf8Character(character).code_point];
  return vocabulary().IdOf(character).value_or(-1);
}

bool Bpe::AppendBytes(std::string_view character, std::vector<int32_t>* ids) const {
  for (const char byte : character) {
    if (bytes_[static_cast<unsigned char>(byte)] < 0) return false;
  }
  for (const char byte : character) ids->push_back(bytes_[static_cast<unsigned char>(byte)]);
  return true;
}

absl::Status Bpe::AppendCharacters(std::string_view piece, std::vector<int32_t>* ids) const {
  // As in `tokenizers`, an unknown token waits for the next character that is one, behind any bytes between.
  bool waiting = false;
  for (size_t at = 0, size = 0; at < piece.size(); at += size) {
    size = FirstUtf8Character(piece.substr(at)).size;
    const std::string_view character = piece.substr(at, size);
    const int32_t id = IdOfCharacter(character);
    if (id >= 0) {
      if (std::exchange(waiting, false)) ids->push_back(*unknown_);
      ids->push_back(id);
      continue;
    }
    if (options_.byte_fallback && AppendBytes(character, ids)) continue;
    if (!options_.unknown_token) continue;
    if (!unknown_) {
      return absl::InvalidArgumentError(
          Concat("the unknown token \"", *options_.unknown_token, "\" is not in the vocabulary"));
    }
    if (waiting && !options_.fuse_unknown) ids->push_back(*unknown_);
    waiting = true;
  }
  if (waiting) ids->push_back(*unknown_);
  return absl::OkStatus();
}

}  // namespace rubato
