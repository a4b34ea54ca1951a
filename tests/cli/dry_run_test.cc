#include "cli/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "common/config.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string LineOf(const std::string& text, const std::string& key) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.substr(0, key.size() + 1) == key + " ") return std::string(line);
  }
  return "";
}

TEST(DryRun, SaysWhereEachValueComesFrom) {
  ConfigStages stages;
  stages.file_name = "a.yaml";
  stages.file.mutable_run()->set_steps(5);
  stages.file.mutable_learner()->set_lr(1e-4);
  stages.overrides.mutable_learner()->set_lr(3e-4);
  stages.defaults = stages.file;
  stages.defaults.MergeFrom(stages.overrides);
  ResolveDefaults(&stages.defaults);
  stages.resolved = stages.defaults;
  stages.resolved.mutable_credit()->set_h_hi(100);
  const std::string text = RenderOrigins(stages);
  EXPECT_THAT(LineOf(text, "run.steps"), AllOf(HasSubstr(" 5 "), HasSubstr("a.yaml")));
  EXPECT_THAT(LineOf(text, "learner.lr"), AllOf(HasSubstr(" 0.0003 "), HasSubstr("command line")));
  EXPECT_THAT(LineOf(text, "run.seed"), HasSubstr("default"));
  EXPECT_THAT(LineOf(text, "credit.h_hi"), AllOf(HasSubstr(" 100 "), HasSubstr("preset paper_v2")));
  EXPECT_THAT(text, Not(HasSubstr("data.train")));
}

TEST(DryRun, ShowsArgumentsAndMemoryOfEachProcess) {
  const std::vector<ProcessSpec> specs = {{"rank-0", RoleKind::kRank, {"/bin/x", "--rank=0"}}};
  EXPECT_THAT(
      RenderPlan(specs, MemoryPlan{.rank = 3 << 20, .worker = 0}),
      AllOf(HasSubstr("rank-0"), HasSubstr("about 3.0 MiB"), HasSubstr("    /bin/x\n      --rank=0\n")));
}

}  // namespace
}  // namespace rubato
