#include "cli/up_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

TEST(UpArguments, TakeOptionsAnywhereWithOrWithoutAnEqualsSign) {
  const absl::StatusOr<UpArguments> up = ParseUpArguments(
      {"--workers", "3", "a.yaml", "--run=runs/x", "learner.lr=3e-4", "--dry-run", "--plain"});
  ASSERT_TRUE(up.ok()) << up.status();
  EXPECT_EQ(up->config, "a.yaml");
  EXPECT_EQ(up->run_directory, "runs/x");
  EXPECT_EQ(up->workers, 3);
  EXPECT_TRUE(up->dry_run);
  EXPECT_TRUE(up->plain);
  EXPECT_THAT(up->overrides, ElementsAre("learner.lr=3e-4"));
}

TEST(UpArguments, TellAFileWithAnEqualsSignFromAnOverride) {
  const absl::StatusOr<UpArguments> up = ParseUpArguments({"dir=1/a.yaml", "data.train=x/y.jsonl"});
  ASSERT_TRUE(up.ok()) << up.status();
  EXPECT_EQ(up->config, "dir=1/a.yaml");
  EXPECT_THAT(up->overrides, ElementsAre("data.train=x/y.jsonl"));
}

TEST(UpArguments, ResumeWithoutAConfigurationFile) {
  const absl::StatusOr<UpArguments> up = ParseUpArguments({"--resume", "runs/x", "run.steps=9"});
  ASSERT_TRUE(up.ok()) << up.status();
  EXPECT_EQ(up->resume, "runs/x");
}

struct BadLine {
  Words words;
  std::string says;
};

TEST(UpArguments, SayWhatIsWrongWithALineAndEndWith64) {
  const std::vector<BadLine> table = {
      {{}, "which run?"},
      {{"a.yaml", "b.yaml"}, "not two: a.yaml and b.yaml"},
      {{"a.yaml", "--worker", "3"}, "there is no option --worker; did you mean --workers?"},
      {{"a.yaml", "--zzz"}, "there is no option --zzz"},
      {{"a.yaml", "-x"}, "there is no option -x"},
      {{"a.yaml", "--workers"}, "--workers needs a value"},
      {{"a.yaml", "--workers=0"}, "--workers=0: needs a whole number from 1 to 256"},
      {{"a.yaml", "--workers=two"}, "--workers=two: needs a whole number"},
      {{"a.yaml", "--run="}, "--run needs a value, not an empty one"},
      {{"a.yaml", "--plain=yes"}, "--plain takes no value"},
      {{"a.yaml", "--plain", "--plain"}, "--plain is given twice"},
      {{"a.yaml", "--resume", "r"}, "leave out a.yaml"},
      {{"--run", "x", "--resume", "r"}, "leave out --run"},
  };
  for (const BadLine& line : table) {
    const absl::Status status = ParseUpArguments(line.words).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(line.says));
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << status;
  }
}

}  // namespace
}  // namespace rubato
