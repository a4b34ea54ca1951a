#include "cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "common/exit_code.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Ran {
  absl::StatusOr<int> result;
  std::string out;
};

Ran RunWords(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  CommandContext context;
  context.out = &out;
  context.own_directory = "/nonexistent";
  absl::StatusOr<int> result = RunCommand(arguments, context);
  return {std::move(result), out.str()};
}

TEST(Command, WithoutANameListsAllCommands) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{}, {"help"}, {"--help"}}) {
    const Ran ran = RunWords(arguments);
    EXPECT_EQ(ran.result.value(), 0);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("quickstart"), HasSubstr("data countdown"), HasSubstr("up ")));
  }
}

TEST(Command, HasAPageOfHelpUnderBothSpellings) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"help", "up"}, {"up", "--help"}}) {
    EXPECT_THAT(RunWords(arguments).out, HasSubstr("--resume RUN"));
  }
  EXPECT_THAT(RunWords({"help", "data", "countdown"}).out, HasSubstr("--out DIR"));
}

TEST(Command, OfAnUnknownNameNamesTheNearest) {
  const Ran ran = RunWords({"quikstart"});
  EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(ran.result.status().message()), HasSubstr("did you mean \"quickstart\"?"));
}

TEST(Command, ExplainsAKeyAndNamesTheNearestOfAnUnknownOne) {
  EXPECT_THAT(RunWords({"explain", "learner.lr"}).out, HasSubstr("Learning rate"));
  const Ran ran = RunWords({"explain", "learner.ls"});
  EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(ran.result.status().message()), HasSubstr("learner.lr"));
}

TEST(Command, SaysWhereItLookedForAProgramThatIsNotThere) {
  const Ran ran = RunWords({"report", "--run", "x"});
  EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUnavailable);
  EXPECT_THAT(std::string(ran.result.status().message()), HasSubstr("/nonexistent/rubato-credit"));
}

}  // namespace
}  // namespace rubato
