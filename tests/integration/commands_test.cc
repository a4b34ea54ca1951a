// The commands that people type, on the real programs: their pipes, their files, and how they end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/concat.h"
#include "common/file.h"
#include "tests/integration/harness.h"
#include "tests/integration/program.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Base() { return std::filesystem::absolute("examples/countdown/base").string(); }

// A line of bash in which `rubato` and $base are what they seem, standard error on standard output.
Ended Bash(const std::string& line) {
  return RunProgram({"/bin/bash", "-c",
                     Concat("set -o pipefail; base='", Base(), "'; rubato() { '", ProgramPath("cli/rubato"),
                            "' \"$@\"; }; ", line)},
                    absl::Seconds(60));
}

TEST(Commands, TokenizeGoesThereAndBackThroughPipes) {
  const Ended ended = Bash(R"(printf '{"id": [1], "text": "^1,2,3>6:"}\n\n{"id": "b", "text": "$"}' |)"
                           R"( rubato tokenize --model $base | rubato tokenize --model $base --decode)");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output, "{\"id\":[1],\"text\":\"^1,2,3>6:\"}\n{\"id\":\"b\",\"text\":\"$\"}\n");
}

TEST(Commands, TokenizeAnswersALineBeforeTheNextIsWritten) {
  const Ended ended =
      Bash(R"(coproc R { rubato tokenize --model $base; }; for text in 1 2; do)"
           R"( echo "{\"id\":$text,\"text\":\"$text\"}" >&${R[1]}; read -r -t 30 -u ${R[0]} answer;)"
           R"( echo "got $answer"; done)");
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("got {\"id\":1,\"ids\":["), HasSubstr("got {\"id\":2,\"ids\":[")));
}

TEST(Commands, ScoreWritesTheSameNumbersToFilesAndPipesOnAnyNumberOfThreads) {
  const std::string in = FreshDirectory() + "/in.jsonl";
  std::ofstream(in) << "{\"id\": 7, \"ids\": [1, 4, 20, 5, 20, 6, 23, 9, 21], \"prompt_len\": 5}\n";
  const Ended ended = Bash(Concat("rubato score --model $base --threads 1 < ", in,
                                  " && rubato score --model $base --threads 2 --in ", in, " --out ", in,
                                  ".out && cmp <(rubato score --model $base --in ", in, ") ", in, ".out"));
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_THAT(ended.output, StartsWith("{\"id\":7,\"logprobs\":["));
  EXPECT_EQ(ended.output, ReadFile(in + ".out").value());
}

TEST(Commands, ScoreInBf16ComesFromTheLearner) {
  const Ended ended = Bash(
      R"(echo '{"id": 7, "ids": [1, 4, 20], "prompt_len": 1}' | rubato score --model $base --dtype bf16)");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.output, StartsWith("{\"id\":7,\"logprobs\":["));
}

struct BadCommand {
  std::string line;
  int code;
  std::string says;
};

TEST(Commands, EndWithTheCodeOfWhatIsWrongAndSayIt) {
  const std::vector<BadCommand> table = {
      {"rubato score --modle x", 64, "rubato score: there is no option --modle; did you mean --model?"},
      {"rubato score --dtype bf16 --modle x", 64, "did you mean --model?"},
      {"rubato report --rum x", 64, "rubato report: there is no option --rum; did you mean --run?"},
      {"rubato sft --learning", 64, "rubato sft: there is no option --learning"},
      {"rubato sft --model x --data y", 64, "where to? Give --out DIR"},
      {"rubato inspect", 64, "which model? Give its directory"},
      {"rubato inspect x --jsn", 64, "did you mean --json?"},
      {"rubato export --run x", 65, "x is not a run directory"},
      {"rubato export --to x", 64, "of which run? Give --run DIR"},
      {"rubato tokenize --model x --decoed", 64, "did you mean --decode?"},
      {"rubato tokenize --model $base --date 2024-02-30", 64, "2024-02-30"},
      {"rubato report --run /nonexistent", 65, "/nonexistent is not a run directory"},
      {"rubato inspect /nonexistent", 65, "/nonexistent"},
      {"rubato score --model /nonexistent", 65, "/nonexistent"},
      {"rubato tokenize --model $base --in /nonexistent", 65, "cannot open /nonexistent"},
      {"printf '{\"text\":\"1\"}\\n{}\\n' | rubato tokenize --model $base", 65,
       "standard input:2: has neither"},
      {"echo '{\"ids\":[1,99],\"prompt_len\":1}' | rubato score --model $base", 65,
       "standard input:1: \"ids\"[1] is 99"},
      {"echo '{\"text\":\"1\"}' | rubato tokenize --model $base --out /dev/full", 74, "/dev/full: No space"},
      {"echo '{\"text\":\"1\"}' | rubato tokenize --model $base > /dev/full", 74, "standard output"},
      {"echo '{\"ids\":[1,2],\"prompt_len\":1}' | rubato score --model $base --out /nonexistent/x", 74,
       "/nonexistent/x"},
      {"rubato data countdown --out /proc/x", 74, "/proc/x"},
      {"rubato version > /dev/full", 74, "cannot write standard output"},
      {"rubato inspect $base > /dev/full", 74, "cannot write standard output"},
  };
  for (const BadCommand& bad : table) {
    const Ended ended = Bash(bad.line + " < /dev/null");
    const Ended& shown = bad.line.find('|') == std::string::npos ? ended : Bash(bad.line);
    EXPECT_EQ(shown.code, bad.code) << bad.line << ": " << shown.output;
    EXPECT_THAT(shown.output, HasSubstr(bad.says)) << bad.line;
  }
}

TEST(Commands, HaveCompleteHelpUnderBothSpellings) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"score", "--temperature T"}, {"tokenize", "--skip-special"}, {"inspect", "--context N"},
      {"export", "--step N"},       {"sft", "--weight-decay X"},    {"report", "--color"},
      {"up", "--resume RUN"}};
  for (const auto& [command, option] : table) {
    const Ended help = Bash(Concat("rubato help ", command));
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.output, AllOf(HasSubstr(Concat("rubato ", command)), HasSubstr(option)));
    EXPECT_EQ(Bash(Concat("rubato ", command, " --help")).output, help.output);
  }
}

TEST(Commands, InspectListsEveryProblemAndStillSaysWhatThereIs) {
  const std::string model = FreshDirectory() + "/model";
  std::filesystem::copy(Base(), model);
  std::filesystem::remove(model + "/tokenizer.json");
  std::ofstream(model + "/tokenizer.json") << "{}";
  std::filesystem::remove(model + "/model.safetensors");
  const Ended ended = Bash(Concat("rubato inspect ", model));
  EXPECT_EQ(ended.code, 65);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Qwen3ForCausalLM, 668,256 parameters"),
                                  HasSubstr("tokenizer.json"), HasSubstr("model.safetensors")));
  EXPECT_THAT(Bash(Concat("rubato inspect ", model, " --json 2>/dev/null")).output,
              AllOf(StartsWith("{\n"), HasSubstr("\"problems\": [\n")));
}

TEST(Commands, ExportTakesACheckpointOfARunThatGoesOn) {
  // None is replaced while it is read.
  auto run = LiveRun::Start(
      {.ranks = 1, .overrides = {"run.steps=100000", "checkpoint.every=1", "checkpoint.keep=100000"}});
  ASSERT_TRUE(run.ok()) << run.status();
  const std::string directory = (*run)->run_directory(), to = FreshDirectory() + "/exported";
  ASSERT_EQ((*run)->WaitForCommit(3, absl::Seconds(60)), absl::OkStatus());
  const Ended exported = Bash(Concat("rubato export --run ", directory, " --to ", to));
  ASSERT_EQ(exported.code, 0) << exported.output << (*run)->Describe();
  const Ended inspected = Bash(Concat("rubato inspect ", to));
  EXPECT_EQ(inspected.code, 0) << inspected.output;
  EXPECT_THAT(inspected.output, AllOf(HasSubstr("BF16"), Not(HasSubstr("F32"))));
  const Ended missing = Bash(Concat("rubato export --run ", directory, " --step 99999999 --to ", to, "2"));
  EXPECT_EQ(missing.code, 65);
  EXPECT_THAT(missing.output, HasSubstr("no checkpoint of step 99999999; it has those of the steps"));
}

}  // namespace
}  // namespace rubato
