#include "common/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

// One option of each kind.
struct Options {
  absl::StatusOr<Words> Parse(const Words& words) {
    ArgumentParser parser;
    parser.Switch("color", &color);
    parser.Text("run", &run);
    parser.Choice("dtype", &dtype, {"f32", "bf16"});
    parser.Count("seed", &seed, 0, 100);
    parser.Number("clip-norm", &clip_norm, 0, 10);
    return parser.Parse(words);
  }

  bool color = false;
  std::string run, dtype = "f32";
  int64_t seed = 7;
  double clip_norm = 1.5;
};

TEST(ArgumentParser, TakesOptionsAnywhereWithOrWithoutAnEqualsSign) {
  Options options;
  EXPECT_THAT(*options.Parse({"--seed", "3", "a", "--run=x=y", "--dtype=bf16", "b", "--clip-norm", "1e-2"}),
              ElementsAre("a", "b"));
  EXPECT_EQ(options.seed, 3);
  EXPECT_EQ(options.run, "x=y");
  EXPECT_EQ(options.dtype, "bf16");
  EXPECT_EQ(options.clip_norm, 0.01);
}

TEST(ArgumentParser, LeavesWhatIsNotGiven) {
  Options options;
  EXPECT_THAT(*options.Parse({"--color"}), ElementsAre());
  EXPECT_TRUE(options.color);
  EXPECT_EQ(options.seed, 7);
  EXPECT_EQ(options.clip_norm, 1.5);
}

TEST(ArgumentParser, TakesUnderscoresForDashes) {
  Options options;
  ASSERT_TRUE(options.Parse({"--clip_norm=2"}).ok());
  EXPECT_EQ(options.clip_norm, 2);
}

TEST(ArgumentParser, TakesADashAsAValueAndAsAnArgument) {
  Options options;
  EXPECT_THAT(*options.Parse({"--run", "-", "-"}), ElementsAre("-"));
  EXPECT_EQ(options.run, "-");
}

TEST(ArgumentParser, TakesEverythingAfterTwoDashesAsItStands) {
  ArgumentParser parser;
  EXPECT_THAT(*parser.Parse({"a", "--", "--b", "-c"}), ElementsAre("a", "--b", "-c"));
}

TEST(ArgumentParser, SaysWhatIsWrongAndEndsWith64) {
  const std::vector<std::pair<Words, std::string>> table = {
      {{"--seeds", "3"}, "there is no option --seeds; did you mean --seed?"},
      {{"--zzz"}, "there is no option --zzz"},
      {{"-x"}, "there is no option -x"},
      {{"--seed"}, "--seed needs a value"},
      {{"--seed=101"}, "--seed=101: needs a whole number from 0 to 100"},
      {{"--seed=two"}, "--seed=two: needs a whole number"},
      {{"--clip-norm=-1"}, "--clip-norm=-1: needs a number from 0 to 10"},
      {{"--clip-norm=nan"}, "--clip-norm=nan: needs a number"},
      {{"--dtype=f16"}, "--dtype=f16: needs f32 or bf16"},
      {{"--run="}, "--run needs a value, not an empty one"},
      {{"--color=yes"}, "--color takes no value"},
      {{"--color", "--color"}, "--color is given twice"},
  };
  for (const auto& [words, says] : table) {
    const absl::Status status = Options().Parse(words).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << status;
  }
}

TEST(ArgumentParser, RefusesArgumentsWhereOnlyOptionsAreTaken) {
  ArgumentParser parser;
  const absl::Status status = parser.ParseOptions({"data.jsonl"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"data.jsonl\""));
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
}

TEST(AsksForHelp, KnowsItsThreeSpellings) {
  EXPECT_TRUE(AsksForHelp({"help"}) && AsksForHelp({"--help", "x"}) && AsksForHelp({"-h"}));
  EXPECT_FALSE(AsksForHelp({}) || AsksForHelp({"x", "--help"}));
}

TEST(NearestName, IsTheOneWithTheFewestEditsIfItCouldBeMeant) {
  EXPECT_EQ(NearestName("quikstart", {"up", "quickstart", "report"}), "quickstart");
  EXPECT_EQ(NearestName("zzz", {"up", "quickstart", "report"}), "");
}

}  // namespace
}  // namespace rubato
