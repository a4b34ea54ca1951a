#include "cli/process_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;

RunConfig SmallRun() {
  RunConfig config;
  config.mutable_policy()->set_model("/m");
  config.mutable_batch()->set_groups(16);
  config.mutable_batch()->set_group_size(8);
  config.mutable_learner()->set_ranks(2);
  return config;
}

NodeOptions FourCores() {
  NodeOptions node;
  node.run_directory = "/r";
  node.listen = "127.0.0.1:0";
  node.workers = 2;
  node.cpus = 4;
  node.credit = "/bin/rubato-credit";
  node.learner = "/bin/rubato-learner";
  node.rollout = "/bin/rubato-rollout";
  node.verify = "/bin/rubato-verify";
  return node;
}

std::vector<std::string> Names(const std::vector<ProcessSpec>& specs) {
  std::vector<std::string> names;
  for (const ProcessSpec& spec : specs) names.push_back(spec.name);
  return names;
}

TEST(ProcessPlan, StartsEveryRankAndThenTheWorkers) {
  EXPECT_EQ(Names(PlanRoles(SmallRun(), FourCores(), "h:1")),
            (std::vector<std::string>{"rank-0", "rank-1", "worker-0", "worker-1"}));
}

TEST(ProcessPlan, TellsEachRoleWhoItIsAndWhereTheHubIs) {
  const std::vector<ProcessSpec> specs = PlanRoles(SmallRun(), FourCores(), "h:1");
  EXPECT_THAT(specs[1].argv, IsSupersetOf({"/bin/rubato-learner", "--hub=h:1", "--rank=1", "--world=2",
                                           "--model=/m", "--run=/r", "--threads=2"}));
  EXPECT_THAT(specs[2].argv,
              IsSupersetOf({"/bin/rubato-rollout", "--hub=h:1", "--name=worker-0", "--model=/m",
                            "--capacity=64", "--threads=2", "--verify=/bin/rubato-verify"}));
}

TEST(ProcessPlan, LetsTheHubListenWhereItIsTold) {
  NodeOptions node = FourCores();
  node.listen = "127.0.0.1:7000";
  EXPECT_THAT(PlanHub(node).argv, IsSupersetOf({"/bin/rubato-credit", "--run=/r", "--config=/r/config.yaml",
                                                "--listen=127.0.0.1:7000", "--address_file=/r/hub.address"}));
}

TEST(ProcessPlan, LetsTheHubGoOnWithARunOnlyWhenAsked) {
  NodeOptions node = FourCores();
  node.owner = "o1";
  EXPECT_THAT(PlanHub(node).argv, Contains("--owner=o1"));
  EXPECT_THAT(PlanHub(node).argv, Not(Contains("--resume")));
  node.resume = true;
  EXPECT_THAT(PlanHub(node).argv, Contains("--resume"));
}

TEST(WorkerCapacity, IsTheShareOfAStepButAtLeastAGroup) {
  RunConfig config = SmallRun();
  EXPECT_EQ(WorkerCapacity(config, 1), 128);
  EXPECT_EQ(WorkerCapacity(config, 3), 43);
  EXPECT_EQ(WorkerCapacity(config, 100), 8);
  config.mutable_batch()->set_groups(1000);
  EXPECT_EQ(WorkerCapacity(config, 2), 128);
  config.mutable_batch()->set_group_size(256);
  EXPECT_EQ(WorkerCapacity(config, 2), 256);
}

}  // namespace
}  // namespace rubato
