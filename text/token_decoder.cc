#include "text/token_decoder.h"

#include <string>

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

// One decoder after those that made `decoder` what it is.
absl::Status Chain(const Json& json, TokenDecoder* decoder) {
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "Sequence") {
    ASSIGN_OR_RETURN(const Json::Array* members, json.GetArray("decoders"));
    for (const Json& member : *members) RETURN_IF_ERROR(Chain(member, decoder));
    return absl::OkStatus();
  }
  if (kind == "Fuse") {
    decoder->separator = "";
    return absl::OkStatus();
  }
  if (kind != "ByteLevel") {
    return absl::InvalidArgumentError(
        Concat("kind \"", kind, "\" is not supported; supported are ByteLevel, Fuse and Sequence"));
  }
  if (decoder->separator.empty()) {
    return absl::InvalidArgumentError("ByteLevel after Fuse or ByteLevel is not supported");
  }
  *decoder = {"", true};
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TokenDecoder> ParseTokenDecoder(const Json& json) {
  TokenDecoder decoder;
  if (json.is_null()) return decoder;
  RETURN_IF_ERROR(Chain(json, &decoder));
  decoder.separator = "";  // a Sequence joins even when it is empty
  return decoder;
}

}  // namespace rubato
