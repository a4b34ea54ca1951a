#include "tasks/demonstrations.h"

#include "common/json.h"
#include "common/status.h"
#include "tasks/dataset.h"

namespace rubato {

absl::StatusOr<std::vector<Demonstration>> LoadDemonstrations(const std::string& path) {
  std::vector<std::string> responses;
  const auto keep_response = [&responses](const Json& row) -> absl::Status {
    ASSIGN_OR_RETURN(std::string response, row.GetString("response"));
    if (response.empty()) return absl::InvalidArgumentError("\"response\" is empty");
    responses.push_back(std::move(response));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(Dataset rows, LoadDataset(path, keep_response));
  std::vector<Demonstration> demonstrations;
  demonstrations.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    demonstrations.push_back({std::move(rows[i].prompt), std::move(responses[i])});
  }
  return demonstrations;
}

}  // namespace rubato
