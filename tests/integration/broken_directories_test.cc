#include "tests/policy/broken_directories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"

namespace rubato {
namespace {

constexpr char kRollout[] = "rollout/rubato-rollout";

std::string Path(const std::string& name) { return testing::TempDir() + "/" + name; }

Ended Inspect(const ModelFixture& model) {
  return RunProgram({kRollout, "inspect", model.path()}, absl::Seconds(30));
}

TEST(Inspect, NamesEveryDefectOfABrokenDirectoryAndEndsWith65) {
  int count = 0;
  for (const auto& part :
       {BrokenConfigs(), BrokenTokenizers(), BrokenWeights(), BrokenShards(), BrokenTwice()}) {
    for (const BrokenDirectory& broken : part) {
      SCOPED_TRACE(broken.title);
      const ModelFixture model(Path("model"), broken.family);
      broken.damage(model);
      const Ended ended = Inspect(model);
      EXPECT_EQ(ended.code, 65);
      for (const std::string& complaint : broken.complaints) {
        EXPECT_THAT(ended.output, testing::HasSubstr(complaint));
      }
      ++count;
    }
  }
  EXPECT_GE(count, 40);
}

TEST(Inspect, FindsNothingWrongWithSoundDirectories) {
  for (const TinyFamily family : {TinyFamily::kQwen3, TinyFamily::kQwen2, TinyFamily::kLlama}) {
    const Ended ended = Inspect(ModelFixture(Path("model"), family));
    EXPECT_EQ(ended.code, 0) << ended.output;
  }
}

TEST(Inspect, NeedsADirectory) {
  for (const char* path : {"/nowhere", "/etc/hostname"}) {
    const Ended ended = RunProgram({kRollout, "inspect", path}, absl::Seconds(30));
    EXPECT_EQ(ended.code, 65) << ended.output;
    EXPECT_THAT(ended.output, testing::HasSubstr(path));
  }
}

}  // namespace
}  // namespace rubato
