// The files beside the ledger that people and tools read: RUN/ledger/history.jsonl and RUN/metrics.jsonl.
//
// Both are copies of what the ledger holds.  Open brings them up to date, whatever a crash left of them;
// afterwards lines are appended behind each commit.
//
// Owned by the hub's thread.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/append_file.h"
#include "credit/hub_state.h"

namespace rubato {

class HubFiles {
 public:
  // The state's output so far is in the ledger, and is dropped here.
  static absl::StatusOr<HubFiles> Open(const std::string& run_directory, HubState* state);

  // Appends what the state has put out since.
  absl::Status Flush(HubState* state);

 private:
  HubFiles(AppendFile history, AppendFile metrics, std::string metrics_path)
      : history_(std::move(history)), metrics_(std::move(metrics)), metrics_path_(std::move(metrics_path)) {}

  AppendFile history_;
  AppendFile metrics_;
  std::string metrics_path_;
};

}  // namespace rubato
