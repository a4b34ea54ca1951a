// Ids that stand before and after every text, as tokenizer.json says.

#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

struct PostProcessor {
  std::vector<int32_t> before;
  std::vector<int32_t> after;

  bool AddsNothing() const { return before.empty() && after.empty(); }
};

// From the JSON of `post_processor`: null; TemplateProcessing, of which `single` is used; ByteLevel, which
// changes offsets alone; or a Sequence of these, of which one adds something.
// INVALID_ARGUMENT: names the kind that is not supported, or the field that is wrong.
absl::StatusOr<PostProcessor> ParsePostProcessor(const Json& json);

}  // namespace rubato
