#include "rollout/inspect_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/exit_code.h"
#include "common/json.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBase[] = "examples/countdown/base";

struct Ran {
  absl::Status status;
  std::string out;
};

Ran Inspect(const InspectOptions& options) {
  std::ostringstream out;
  absl::Status status = RunInspect(options, out);
  return {std::move(status), out.str()};
}

// A copy of the example's model, to be broken.
std::string CopyOfBase() {
  const std::string copy =
      testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(copy);
  fs::copy(kBase, copy, fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(copy)) fs::permissions(entry, fs::perms::owner_all);
  return copy;
}

TEST(InspectCommand, SaysWhatAModelIs) {
  const Ran ran = Inspect({.directory = kBase});
  EXPECT_EQ(ran.status, absl::OkStatus());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Qwen3ForCausalLM, 668,256 parameters"), HasSubstr("BF16"),
                             HasSubstr("RoPE default"), HasSubstr("WordLevel"), HasSubstr("6 of them unused"),
                             HasSubstr("2   $"), HasSubstr("problems        none")));
}

TEST(InspectCommand, PlansTheMemoryOfAContext) {
  // Keys and values of 6 layers and 64 numbers each, in fp32.
  EXPECT_THAT(Inspect({.directory = kBase, .context = 1000}).out,
              HasSubstr("2.9 MiB a sequence of 1,000 tokens"));
  const Json json = Json::Parse(Inspect({.directory = kBase, .context = 1000, .json = true}).out).value();
  EXPECT_EQ(json.Find("memory")->GetInt("sequence_bytes").value(), 1000 * 6 * 2 * 64 * 4);
  EXPECT_EQ(json.Find("memory")->GetInt("rank_bytes").value(), 668256 * 4 * 6);
}

TEST(InspectCommand, SaysTheSameToPrograms) {
  const Ran ran = Inspect({.directory = kBase, .json = true});
  EXPECT_EQ(ran.status, absl::OkStatus());
  const Json json = Json::Parse(ran.out).value();
  EXPECT_EQ(json.GetString("architecture").value(), "Qwen3ForCausalLM");
  EXPECT_EQ(json.GetInt("parameters").value(), 668256);
  EXPECT_EQ(json.Find("config")->GetDouble("rms_norm_eps").value(), 1e-6);
  EXPECT_EQ(json.Find("tokenizer")->GetInt("unused_rows").value(), 6);
  EXPECT_EQ(*json.Find("end_token_ids"), Json(Json::Array{2}));
  EXPECT_EQ(*json.Find("problems"), Json(Json::Array{}));
}

TEST(InspectCommand, ListsEveryProblemAndStillSaysWhatThereIs) {
  const std::string model = CopyOfBase();
  std::ofstream(model + "/tokenizer.json") << "{}";
  std::ofstream(model + "/model.safetensors") << "nothing";
  const Ran ran = Inspect({.directory = model});
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
  EXPECT_THAT(std::string(ran.status.message()),
              AllOf(HasSubstr(model), HasSubstr("tokenizer.json"), HasSubstr("model.safetensors")));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("6 of width 96"), Not(HasSubstr("problems        none"))));
  const Json json = Json::Parse(Inspect({.directory = model, .json = true}).out).value();
  EXPECT_GE(json.GetArray("problems").value()->size(), 2u);
}

TEST(InspectCommand, FindsAChatTemplate) {
  const std::string model = CopyOfBase();
  std::ofstream(model + "/chat_template.jinja") << "{{ messages[0].content }}";
  EXPECT_THAT(Inspect({.directory = model}).out, HasSubstr("chat template   yes"));
}

TEST(InspectCommand, OfNothingEndsWith65) {
  EXPECT_EQ(ExitCodeFor(Inspect({.directory = "/nonexistent"}).status), ExitCode::kBadData);
}

TEST(InspectArguments, TakeOneDirectory) {
  const InspectOptions options = ParseInspectArguments({"--json", "m", "--context=7"}).value();
  EXPECT_EQ(options.directory, "m");
  EXPECT_EQ(options.context, 7);
  EXPECT_TRUE(options.json);
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{}, {"a", "b"}, {"a", "--context=0"}}) {
    EXPECT_EQ(ExitCodeFor(ParseInspectArguments(wrong).status()), ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace rubato
