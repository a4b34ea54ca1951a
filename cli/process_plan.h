// Which processes a run consists of on this machine, and with which arguments.  Pure.

#pragma once

#include <string>
#include <vector>

#include "cli/death_policy.h"
#include "proto/config.pb.h"

namespace rubato {

struct ProcessSpec {
  std::string name;  // "credit", "rank-0", "worker-1"
  RoleKind kind = RoleKind::kHub;
  std::vector<std::string> argv;
};

// What belongs to this machine and not to the run.
struct NodeOptions {
  std::string run_directory;  // absolute
  std::string listen;         // of the hub
  std::string owner;    // names this life of `rubato up`: a restarted hub of the same owner goes on as it was
  bool resume = false;  // the run directory may hold a run already
  int workers = 2;
  int cpus = 1;
  // Paths of the programs.
  std::string credit, learner, rollout, verify;
};

// Where the hub writes its address once it listens.
std::string AddressFile(const std::string& run_directory);
// What a process writes while it runs.
std::string LogFile(const std::string& run_directory, const std::string& name);

ProcessSpec PlanHub(const NodeOptions& node);
// The ranks, then the workers.  `config` is resolved.
std::vector<ProcessSpec> PlanRoles(const RunConfig& config, const NodeOptions& node,
                                   const std::string& hub_address);

// How many samples one worker holds at once: its share of a step, at least one group, at most 128.
int WorkerCapacity(const RunConfig& config, int workers);

}  // namespace rubato
