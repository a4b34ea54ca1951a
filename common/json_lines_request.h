// One line of input: a JSON object, and the "id" under which its answer goes.  A value.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/json.h"

namespace rubato {

struct JsonRequest {
  Json object;
  // The JSON text of "id" as it stands in the line, so that whatever it is comes back unchanged; "null" if
  // the line has none.
  std::string id = "null";
};

// INVALID_ARGUMENT saying what is wrong with the line; names neither file nor line number.
absl::StatusOr<JsonRequest> ParseJsonRequest(std::string_view line);

}  // namespace rubato
