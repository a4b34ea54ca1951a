#include "learner/checkpoint.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/digest.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/learner/tiny_models.h"

namespace rubato {
namespace {

using testing::HasSubstr;

// What config.json says of TinyConfig().
constexpr char kConfigJson[] =
    R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 19,
  "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4,
  "num_key_value_heads": 2, "head_dim": 16, "hidden_act": "silu", "max_position_embeddings": 256,
  "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "attention_bias": false, "tie_word_embeddings": true})";

class CheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    run_ = testing::TempDir() + "/checkpoint-" + std::to_string(getpid()) + "-" +
           testing::UnitTest::GetInstance()->current_test_info()->name();
    optimizer_.updates = 17;
    optimizer_.first_moment = RandomSlab(config_, 2);
    optimizer_.second_moment = RandomSlab(config_, 3);
  }
  void TearDown() override { std::filesystem::remove_all(run_); }

  CheckpointRef Write() {
    const auto ref = WriteCheckpoint(run_, {20, 1, 3}, {files_, layout_, weights_, optimizer_});
    EXPECT_TRUE(ref.ok()) << ref.status();
    return *ref;
  }
  std::string Path(const std::string& name) { return run_ + "/checkpoints/step-20.gen-3/" + name; }
  std::string LoadError(const CheckpointRef& ref) {
    const auto loaded = LoadCheckpoint(run_, ref);
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kDataLoss);
    return std::string(loaded.status().message());
  }

  const ModelConfig config_ = TinyConfig();
  const SlabLayout layout_{config_};
  const Slab weights_ = RandomSlab(config_, 1);
  const std::map<std::string, std::string> files_ = {{"config.json", kConfigJson}, {"tokenizer.json", "{}"}};
  AdamWState optimizer_;
  std::string run_;
};

TEST_F(CheckpointTest, GivesBackEveryBit) {
  const CheckpointRef ref = Write();
  EXPECT_EQ(ref.path(), "checkpoints/step-20.gen-3");
  const auto loaded = LoadCheckpoint(run_, ref);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->position.step, 20u);
  EXPECT_EQ(loaded->position.lineage, 1u);
  EXPECT_EQ(loaded->optimizer.updates, 17u);
  EXPECT_TRUE(std::ranges::equal(loaded->model.weights.floats(), weights_.floats()));
  EXPECT_TRUE(std::ranges::equal(loaded->optimizer.first_moment.floats(), optimizer_.first_moment.floats()));
  EXPECT_TRUE(
      std::ranges::equal(loaded->optimizer.second_moment.floats(), optimizer_.second_moment.floats()));
  EXPECT_EQ(loaded->model.files, files_);
}

TEST_F(CheckpointTest, NamesTheFileWhoseBytesChanged) {
  const CheckpointRef ref = Write();
  std::fstream file(Path("second_moment.safetensors"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-3, std::ios::end);
  file.put('x');
  file.close();
  EXPECT_THAT(LoadError(ref), HasSubstr("step-20.gen-3: the bytes of second_moment.safetensors changed"));
}

TEST_F(CheckpointTest, NamesTheFileThatWasCutShort) {
  const CheckpointRef ref = Write();
  std::filesystem::resize_file(Path("model/model.safetensors"), 100);
  EXPECT_THAT(LoadError(ref), HasSubstr("model/model.safetensors has 100 bytes, not"));
}

TEST_F(CheckpointTest, NamesTheFileThatIsMissing) {
  const CheckpointRef ref = Write();
  std::filesystem::remove(Path("model/config.json"));
  EXPECT_THAT(LoadError(ref), HasSubstr("model/config.json is missing"));
}

TEST_F(CheckpointTest, WithoutItsManifestIsNone) {
  const CheckpointRef ref = Write();
  std::filesystem::remove(Path("manifest.json"));
  EXPECT_THAT(LoadError(ref), HasSubstr("manifest.json"));
}

TEST_F(CheckpointTest, WithAnotherManifestThanTheHubRecordedIsNone) {
  CheckpointRef ref = Write();
  ref.set_manifest_digest(std::string(AsBytes(Sha256("another"))));
  EXPECT_THAT(LoadError(ref), HasSubstr("not the one that was recorded"));
}

TEST_F(CheckpointTest, ReplacesALeftoverOfTheSameName) {
  ASSERT_TRUE(CreateDirectories(Path("model")).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("model/half-written"), "x").ok());
  const CheckpointRef ref = Write();
  EXPECT_FALSE(FileExists(Path("model/half-written")));
  EXPECT_TRUE(LoadCheckpoint(run_, ref).ok());
}

TEST_F(CheckpointTest, IsDeletedWhenRetired) {
  const CheckpointRef ref = Write();
  EXPECT_TRUE(DeleteCheckpoints(run_, {&ref, 1}).ok());
  EXPECT_FALSE(FileExists(Path("manifest.json")));
}

}  // namespace
}  // namespace rubato
