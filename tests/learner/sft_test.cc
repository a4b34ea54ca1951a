#include "learner/sft.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <sstream>

#include "common/exit_code.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "learner/random_weights.h"
#include "learner/sft_data.h"
#include "policy/model_directory.h"

namespace rubato {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kConfigJson[] =
    R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 8,
  "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2,
  "num_key_value_heads": 1, "head_dim": 16, "hidden_act": "silu", "max_position_embeddings": 16,
  "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "attention_bias": false, "tie_word_embeddings": true})";

constexpr char kTokenizerJson[] =
    R"({"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
  "normalizer": null,
  "pre_tokenizer": {"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated", "invert": false},
  "post_processor": null, "decoder": {"type": "Fuse"},
  "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, ">": 4, "$": 5}, "unk_token": "?"}})";

class SftTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/sft-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    ASSERT_TRUE(CreateDirectories(directory_ + "/init").ok());
    ASSERT_TRUE(WriteFileAtomically(directory_ + "/init/config.json", kConfigJson).ok());
    ASSERT_TRUE(WriteFileAtomically(directory_ + "/init/tokenizer.json", kTokenizerJson).ok());
    options_.model = directory_ + "/init";
    options_.fresh = true;
    options_.data = directory_ + "/data.jsonl";
    options_.out = directory_ + "/out";
    options_.dtype = SafetensorsType::kF32;
    options_.batch_tokens = 64;
    options_.epochs = 150;
    options_.warmup = 5;
    options_.lr = 1e-2;
    options_.print_every = 1000;
    WriteData(R"({"prompt": "ab>", "response": "ba$"}
{"prompt": "abc>", "response": "cba$"}
{"prompt": "cd>", "response": "dc$"}
{"prompt": "dab>", "response": "bad$"}
)");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void WriteData(const std::string& text) { ASSERT_TRUE(WriteFileAtomically(options_.data, text).ok()); }
  std::string Error() {
    std::ostringstream progress;
    return std::string(RunSft(options_, progress).message());
  }

  std::string directory_;
  SftOptions options_;
};

TEST_F(SftTest, LearnsTheDataAndWritesAModelDirectory) {
  std::ostringstream progress;
  const absl::Status status = RunSft(options_, progress);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(ReadModelDirectory(options_.out).ok());
  const std::string lines = progress.str();
  double loss = 9;
  ASSERT_EQ(std::sscanf(lines.c_str(), "update %*d/%*d loss %lf", &loss), 1) << lines;

  // A second start from what was written begins where the first one ended.
  options_.model = options_.out;
  options_.fresh = false;
  options_.out = directory_ + "/second";
  options_.epochs = 1;
  options_.lr = 1e-6;
  std::ostringstream second;
  ASSERT_TRUE(RunSft(options_, second).ok());
  double end = 9;
  ASSERT_EQ(std::sscanf(second.str().c_str(), "update %*d/%*d loss %lf", &end), 1) << second.str();
  EXPECT_LT(end, 0.2);
}

TEST_F(SftTest, StatesInTheConfigTheTypeThatItWrites) {
  std::ostringstream progress;
  options_.epochs = 1;
  ASSERT_EQ(RunSft(options_, progress), absl::OkStatus());
  EXPECT_EQ(ReadModelConfig(options_.out)->dtype, "float32");
}

TEST_F(SftTest, WritesTheSameBytesOnAnyNumberOfThreads) {
  options_.epochs = 3;
  std::ostringstream progress;
  ASSERT_TRUE(RunSft(options_, progress).ok());
  options_.out = directory_ + "/two";
  options_.threads = 2;
  ASSERT_TRUE(RunSft(options_, progress).ok());
  EXPECT_EQ(*ReadFile(directory_ + "/out/model.safetensors"),
            *ReadFile(directory_ + "/two/model.safetensors"));
}

TEST_F(SftTest, NamesFileAndLineOfARowWithoutAResponse) {
  WriteData("{\"prompt\": \"ab>\", \"response\": \"ba$\"}\n{\"prompt\": \"ab>\"}\n");
  EXPECT_THAT(Error(), HasSubstr("data.jsonl:2: has no \"response\""));
}

TEST_F(SftTest, NamesTheCharacterThatHasNoToken) {
  WriteData("{\"prompt\": \"ab>\", \"response\": \"bz$\"}\n");
  EXPECT_THAT(Error(), HasSubstr("data.jsonl:1: "));
}

TEST_F(SftTest, RefusesARowBeyondTheModelsPositions) {
  WriteData("{\"prompt\": \"aaaaaaaaaa>\", \"response\": \"aaaaaaaaaa$\"}\n");
  EXPECT_THAT(Error(), HasSubstr("holds 22 tokens; the model has max_position_embeddings 16"));
}

TEST_F(SftTest, RefusesAnEmptyFile) {
  WriteData("\n");
  EXPECT_THAT(Error(), HasSubstr("holds no row"));
}

TEST_F(SftTest, FindsBeforeItTrainsThatItCannotWrite) {
  options_.out = options_.data + "/out";
  std::ostringstream progress;
  EXPECT_EQ(ExitCodeFor(RunSft(options_, progress)), ExitCode::kIo);
  EXPECT_EQ(progress.str(), "");
}

TEST(PlanSftUpdates, TakesEveryExampleOncePerPassInWholeExamples) {
  std::vector<SftExample> examples(10);
  for (SftExample& example : examples) example.tokens.resize(3);
  const auto updates = PlanSftUpdates(examples, 2, 10, 1);
  std::vector<int> taken;
  for (const auto& update : updates) {
    EXPECT_LE(update.size(), 3u);
    taken.insert(taken.end(), update.begin(), update.end());
  }
  ASSERT_EQ(taken.size(), 20u);
  std::vector<int> first(taken.begin(), taken.begin() + 10), second(taken.begin() + 10, taken.end());
  EXPECT_NE(first, second);
  for (std::vector<int>* pass : {&first, &second}) {
    std::ranges::sort(*pass);
    EXPECT_THAT(*pass, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }
}

TEST(PlanSftUpdates, StopsWithinAPass) {
  std::vector<SftExample> examples(10);
  for (SftExample& example : examples) example.tokens.resize(3);
  EXPECT_EQ(PlanSftUpdates(examples, 0.5, 1, 1).size(), 5u);
}

TEST(RandomWeights, AreAFunctionOfTheSeed) {
  ModelConfig config;
  config.layers = 1;
  config.hidden = 16;
  config.heads = config.kv_heads = 1;
  config.head_dim = 16;
  config.ffn = 16;
  config.vocab = 8;
  config.tied_embeddings = config.qk_norm = true;
  const SlabLayout layout(config);
  const Slab first = RandomWeights(config, layout, 1);
  EXPECT_TRUE(std::ranges::equal(first.floats(), RandomWeights(config, layout, 1).floats()));
  EXPECT_FALSE(std::ranges::equal(first.floats(), RandomWeights(config, layout, 2).floats()));
  EXPECT_EQ(first.data()[layout.Find("model.norm.weight")->offset], 1.0f);
}

}  // namespace
}  // namespace rubato
