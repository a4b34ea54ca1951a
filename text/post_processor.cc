#include "text/post_processor.h"

#include <limits>
#include <string>
#include <utility>

#include "common/concat.h"
#include "common/status.h"

namespace rubato {
namespace {

// The ids that `special_tokens` of the template lists for one name.
absl::Status AppendIds(const Json& json, const std::string& name, std::vector<int32_t>* ids) {
  ASSIGN_OR_RETURN(const Json::Object* specials, json.GetObject("special_tokens"));
  const auto special = specials->find(name);
  if (special == specials->end()) {
    return absl::InvalidArgumentError(Concat("\"special_tokens\" of the template lack \"", name, "\""));
  }
  ASSIGN_OR_RETURN(const Json::Array* listed, special->second.GetArray("ids"));
  for (const Json& value : *listed) {
    ASSIGN_OR_RETURN(const int64_t id, value.AsInt());
    if (id < 0 || id > std::numeric_limits<int32_t>::max()) {
      return absl::InvalidArgumentError(Concat("special token \"", name, "\" has the id ", id));
    }
    ids->push_back(static_cast<int32_t>(id));
  }
  return absl::OkStatus();
}

absl::StatusOr<PostProcessor> ParseTemplate(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Array* single, json.GetArray("single"));
  PostProcessor result;
  int sequences = 0;
  for (const Json& element : *single) {
    if (const Json* special = element.Find("SpecialToken")) {
      ASSIGN_OR_RETURN(const std::string name, special->GetString("id"));
      RETURN_IF_ERROR(AppendIds(json, name, sequences == 0 ? &result.before : &result.after));
    } else if (element.Find("Sequence") != nullptr) {
      ++sequences;
    } else {
      return absl::InvalidArgumentError("\"single\" holds something other than SpecialToken and Sequence");
    }
  }
  if (sequences != 1) {
    return absl::InvalidArgumentError(
        Concat("\"single\" holds the sequence ", sequences, " times; it must be there once"));
  }
  return result;
}

absl::StatusOr<PostProcessor> ParseSequence(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Array* members, json.GetArray("processors"));
  PostProcessor result;
  for (const Json& member : *members) {
    ASSIGN_OR_RETURN(PostProcessor next, ParsePostProcessor(member));
    if (!result.AddsNothing() && !next.AddsNothing()) {
      // `tokenizers` hands the parts of the first to the second as if they were a pair of texts.
      return absl::InvalidArgumentError("a Sequence of several templates is not supported; keep one");
    }
    if (!next.AddsNothing()) result = std::move(next);
  }
  return result;
}

}  // namespace

absl::StatusOr<PostProcessor> ParsePostProcessor(const Json& json) {
  if (json.is_null()) return PostProcessor();
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "TemplateProcessing") return ParseTemplate(json);
  if (kind == "ByteLevel") return PostProcessor();
  if (kind == "Sequence") return ParseSequence(json);
  return absl::InvalidArgumentError(Concat(
      "kind \"", kind, "\" is not supported; supported are TemplateProcessing, ByteLevel and Sequence"));
}

}  // namespace rubato
