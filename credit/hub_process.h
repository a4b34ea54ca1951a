// rubato-credit as a process: reads configuration, model and data, serves until it is told to stop or its
// ledger fails.

#pragma once

#include <stop_token>
#include <string>

#include "absl/status/status.h"

namespace rubato {

struct HubProcessOptions {
  std::string run_directory;
  std::string config;  // path of the YAML file
  std::string listen;
  std::string metrics_listen;
  std::string address_file;
  std::string owner;  // hub_run.h
  bool resume = false;
};

// Blocks.  OK after a stop; otherwise why it could not start, or why the ledger failed (exit 74).
absl::Status RunHubProcess(const HubProcessOptions& options, const std::stop_token& stop);

}  // namespace rubato
