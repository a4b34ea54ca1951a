#include "cli/process_plan.h"

#include <algorithm>

#include "common/concat.h"

namespace rubato {

namespace {

// Ranks and workers mostly take turns, so each kind may use the whole machine.
int ThreadsOf(int cpus, int processes) { return std::max(1, cpus / std::max(1, processes)); }

// What every program is given, besides its own.
ProcessSpec Finish(ProcessSpec spec, const NodeOptions& node) {
  spec.argv.push_back("--metrics=127.0.0.1:0");
  spec.argv.push_back(Concat("--log_file=", LogFile(node.run_directory, spec.name)));
  return spec;
}

ProcessSpec PlanRank(const RunConfig& config, const NodeOptions& node, const std::string& hub, int rank) {
  const int world = static_cast<int>(config.learner().ranks());
  const std::vector<std::string> argv = {
      node.learner,
      Concat("--hub=", hub),
      Concat("--rank=", rank),
      Concat("--world=", world),
      Concat("--model=", config.policy().model()),
      Concat("--run=", node.run_directory),
      Concat("--threads=", ThreadsOf(node.cpus, world)),
  };
  return Finish({Concat("rank-", rank), RoleKind::kRank, argv}, node);
}

ProcessSpec PlanWorker(const RunConfig& config, const NodeOptions& node, const std::string& hub, int worker) {
  const std::string name = Concat("worker-", worker);
  const std::vector<std::string> argv = {
      node.rollout,
      Concat("--hub=", hub),
      Concat("--name=", name),
      Concat("--model=", config.policy().model()),
      Concat("--capacity=", WorkerCapacity(config, node.workers)),
      Concat("--threads=", ThreadsOf(node.cpus, node.workers)),
      Concat("--verify=", node.verify),
  };
  return Finish({name, RoleKind::kWorker, argv}, node);
}

}  // namespace

std::string AddressFile(const std::string& run_directory) { return run_directory + "/hub.address"; }

std::string LogFile(const std::string& run_directory, const std::string& name) {
  return Concat(run_directory, "/logs/", name, ".log");
}

int WorkerCapacity(const RunConfig& config, int workers) {
  const uint64_t group = config.batch().group_size();
  const uint64_t step = config.batch().groups() * group;
  const uint64_t share = (step + workers - 1) / workers;
  return static_cast<int>(std::max(group, std::min<uint64_t>(share, 128)));
}

ProcessSpec PlanHub(const NodeOptions& node) {
  std::vector<std::string> argv = {
      node.credit,
      Concat("--run=", node.run_directory),
      Concat("--config=", node.run_directory, "/config.yaml"),
      Concat("--listen=", node.listen),
      Concat("--address_file=", AddressFile(node.run_directory)),
      Concat("--owner=", node.owner),
  };
  if (node.resume) argv.push_back("--resume");
  return Finish({"credit", RoleKind::kHub, argv}, node);
}

std::vector<ProcessSpec> PlanRoles(const RunConfig& config, const NodeOptions& node,
                                   const std::string& hub_address) {
  std::vector<ProcessSpec> specs;
  for (uint32_t rank = 0; rank < config.learner().ranks(); ++rank) {
    specs.push_back(PlanRank(config, node, hub_address, static_cast<int>(rank)));
  }
  for (int worker = 0; worker < node.workers; ++worker) {
    specs.push_back(PlanWorker(config, node, hub_address, worker));
  }
  return specs;
}

}  // namespace rubato
