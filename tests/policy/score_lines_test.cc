#include "policy/score_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "common/exit_code.h"
#include "common/file.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  absl::Status status;
  std::string out, notes;
};

// Instead of a log-prob each token's own id, and as entropy how many are scored.
absl::StatusOr<std::vector<TokenScores>> Echo(std::span<const ScoreRequest> requests) {
  std::vector<TokenScores> all;
  for (const ScoreRequest& request : requests) {
    TokenScores& scores = all.emplace_back();
    for (const int32_t id : request.ids.subspan(request.first)) {
      scores.logprobs.push_back(-static_cast<float>(id));
      scores.entropies.push_back(static_cast<float>(request.ids.size() - request.first));
    }
  }
  return all;
}

Ran Score(const std::string& text) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  ScoreOptions options;
  options.in = testing::TempDir() + "/" + name + ".in.jsonl";
  options.out = testing::TempDir() + "/" + name + ".out.jsonl";
  EXPECT_EQ(WriteFileAtomically(options.in, text), absl::OkStatus());
  const auto load = [] {
    ModelConfig config;
    config.vocab = 100;
    config.max_positions = 8;
    return Scorer{config, Echo};
  };
  std::ostringstream notes;
  absl::Status status = RunScoreLines(options, load, notes);
  return {std::move(status), ReadFile(options.out).value(), notes.str()};
}

TEST(ScoreLines, AreAnsweredFromThePromptOnWithTheirIds) {
  const Ran ran = Score(
      "{\"id\": \"b\", \"ids\": [1, 2, 3], \"prompt_len\": 1}\n"
      "{\"id\":[7],\"ids\":[5,99],\"prompt_len\":2}\n"
      "{\"ids\":[0],\"prompt_len\":1,\"text\":\"of no interest\"}");
  EXPECT_EQ(ran.status, absl::OkStatus());
  EXPECT_EQ(ran.out,
            "{\"id\":\"b\",\"logprobs\":[-2.0,-3.0],\"entropies\":[2.0,2.0]}\n"
            "{\"id\":[7],\"logprobs\":[],\"entropies\":[]}\n"
            "{\"id\":null,\"logprobs\":[],\"entropies\":[]}\n");
  EXPECT_THAT(ran.notes, IsEmpty());
}

TEST(ScoreLines, SayWhatIsWrongInWhichLine) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"nonsense", "syntax error"},
      {"[1]", "holds a list, an object is needed"},
      {"{\"prompt_len\":1}", "has no \"ids\""},
      {"{\"ids\":\"1 2\",\"prompt_len\":1}", "\"ids\": holds text, a list is needed"},
      {"{\"ids\":[],\"prompt_len\":0}", "\"ids\" is empty"},
      {"{\"ids\":[1,2]}", "has no \"prompt_len\""},
      {"{\"ids\":[1,2],\"prompt_len\":\"1\"}", "\"prompt_len\": holds text"},
      {"{\"ids\":[1,2],\"prompt_len\":0}",
       "\"prompt_len\" is 0, it must be from 1 to the number of ids, 2: no distribution emits the first"},
      {"{\"ids\":[1,2],\"prompt_len\":3}", "\"prompt_len\" is 3, it must be from 1 to the number of ids, 2"},
      {"{\"ids\":[1,2],\"prompt_len\":-1}", "\"prompt_len\" is -1"},
      {"{\"ids\":[1,2.5],\"prompt_len\":1}", "\"ids\"[1] is 2.5, the model's token ids are 0 to 99"},
      {"{\"ids\":[100,2],\"prompt_len\":1}", "\"ids\"[0] is 100"},
      {"{\"ids\":[1,-1],\"prompt_len\":1}", "\"ids\"[1] is -1"},
      {"{\"ids\":[1,4294967297],\"prompt_len\":1}", "\"ids\"[1] is 4294967297"},
      {"{\"ids\":[1,true],\"prompt_len\":1}", "\"ids\"[1] is true"},
  };
  for (const auto& [line, says] : table) {
    const Ran ran = Score("{\"id\":1,\"ids\":[1,2],\"prompt_len\":1}\n\n" + line + "\n");
    EXPECT_THAT(std::string(ran.status.message()), AllOf(HasSubstr(".in.jsonl:3: "), HasSubstr(says)));
    EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
    EXPECT_THAT(ran.out, StartsWith("{\"id\":1,")) << "the line before is answered";
  }
}

TEST(ScoreLines, LongerThanTheModelAreScoredWithOneNote) {
  const std::string nine = "{\"ids\":[1,2,3,4,5,6,7,8,9],\"prompt_len\":8}\n";
  EXPECT_THAT(Score(nine).notes, IsEmpty()) << "the last token takes no position";
  const std::string ten = "{\"ids\":[1,2,3,4,5,6,7,8,9,10],\"prompt_len\":8}\n";
  const Ran ran = Score(ten + ten);
  EXPECT_EQ(ran.status, absl::OkStatus());
  EXPECT_THAT(ran.notes,
              AllOf(HasSubstr("jsonl:1: 10 ids, more than the 8 positions"), Not(HasSubstr("jsonl:2"))));
}

TEST(ScoreArguments, TakeTheirDefaultsFromTheHelp) {
  const ScoreOptions options = ParseScoreArguments({"--model", "m"}).value();
  EXPECT_EQ(options.in, "-");
  EXPECT_EQ(options.out, "-");
  EXPECT_EQ(options.dtype, "f32");
  EXPECT_EQ(options.temperature, 1);
  EXPECT_GE(options.threads, 1);
  EXPECT_FALSE(options.NeedsLibTorch());
}

TEST(ScoreArguments, SayWhatNeedsLibTorch) {
  EXPECT_TRUE(ParseScoreArguments({"--model", "m", "--dtype=bf16"})->NeedsLibTorch());
  EXPECT_TRUE(ParseScoreArguments({"--model", "m", "--device=cuda"})->NeedsLibTorch());
}

TEST(ScoreArguments, EndWith64WhereTheyAreWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{}, "which model? Give --model DIR"},
      {{"--model", "m", "--dtype", "f16"}, "--dtype=f16: needs f32 or bf16"},
      {{"--model", "m", "--temperature", "0"}, "--temperature=0: needs a number from 0.001"},
      {{"--model", "m", "--temprature", "1"}, "did you mean --temperature?"},
      {{"--model", "m", "lines.jsonl"}, "\"lines.jsonl\""},
  };
  for (const auto& [arguments, says] : table) {
    const absl::Status status = ParseScoreArguments(arguments).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  }
}

TEST(ScoreHelp, NamesEveryOption) {
  for (const char* option :
       {"--model", "--in", "--out", "--dtype", "--device", "--temperature", "--threads"}) {
    EXPECT_THAT(std::string(kScoreHelp), HasSubstr(option));
  }
}

}  // namespace
}  // namespace rubato
