#include "learner/sft_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"

namespace rubato {
namespace {

using testing::HasSubstr;

TEST(SftArguments, AreReadUnderBothSpellings) {
  const auto options =
      ParseSftArguments({"--init", "m", "--data", "d", "--out", "o", "--batch_tokens", "2048", "--lr", "2e-3",
                         "--final-lr=0.02", "--warmup", "50", "--dtype=f32"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->fresh);
  EXPECT_EQ(options->model, "m");
  EXPECT_EQ(options->batch_tokens, 2048);
  EXPECT_EQ(options->lr, 2e-3);
  EXPECT_EQ(options->final_lr, 0.02);
  EXPECT_EQ(options->warmup, 50u);
  EXPECT_EQ(options->dtype, SafetensorsType::kF32);
}

TEST(SftArguments, EndWith64WhereTheyAreWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{}, "either --model DIR, or --init DIR"},
      {{"--model", "a", "--init", "b"}, "either --model DIR, or --init DIR"},
      {{"--model", "a"}, "--data FILE.jsonl"},
      {{"--model", "a", "--data", "d"}, "--out DIR"},
      {{"--model", "a", "--data", "d", "--out", "o", "--epoch", "2"}, "did you mean --epochs?"},
      {{"--model", "a", "--data", "d", "--out", "o", "--lr", "0"}, "--lr=0: needs a number"},
  };
  for (const auto& [arguments, says] : table) {
    const absl::Status status = ParseSftArguments(arguments).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  }
}

TEST(SftHelp, NamesEveryOption) {
  for (const char* option :
       {"--model", "--init", "--data", "--out", "--dtype", "--seed", "--epochs", "--batch-tokens", "--lr",
        "--warmup", "--final-lr", "--weight-decay", "--clip-norm", "--threads"}) {
    EXPECT_THAT(std::string(kSftHelp), HasSubstr(option));
  }
}

}  // namespace
}  // namespace rubato
