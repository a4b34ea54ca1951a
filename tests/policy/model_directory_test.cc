#include "policy/model_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "common/file.h"
#include "common/json.h"
#include "policy/safetensors_writer.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kGolden[] = "tests/oracle/goldens/";

std::string ConfigText(const ModelConfig& config) {
  Json json;
  json.Set("architectures", Json::Array{"Qwen3ForCausalLM"});
  json.Set("num_hidden_layers", config.layers);
  json.Set("hidden_size", config.hidden);
  json.Set("num_attention_heads", config.heads);
  json.Set("num_key_value_heads", config.kv_heads);
  json.Set("head_dim", config.head_dim);
  json.Set("intermediate_size", config.ffn);
  json.Set("vocab_size", config.vocab);
  json.Set("max_position_embeddings", config.max_positions);
  json.Set("rope_theta", config.rope.theta);
  json.Set("tie_word_embeddings", config.tied_embeddings);
  json.Set("eos_token_id", 2);
  return json.Pretty();
}

class ModelDirectoryTest : public testing::Test {
 protected:
  ModelDirectoryTest() {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }

  void Write(SafetensorsType type = SafetensorsType::kF32) {
    ASSERT_TRUE(
        WriteModelDirectory(path_, {{"config.json", ConfigText(config_)}}, SlabLayout(config_), slab_, type)
            .ok());
  }

  std::string Problem() const { return std::string(ReadModelDirectory(path_).status().message()); }

  const std::string path_ =
      testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
  ModelConfig config_ = TinyModelConfig();
  Slab slab_ = RandomSlab(config_, 5);
};

TEST_F(ModelDirectoryTest, Fp32SurvivesARoundTripBitForBit) {
  Write();
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(std::ranges::equal(read->weights.floats(), slab_.floats()));
  EXPECT_EQ(read->config.max_positions, config_.max_positions);
}

TEST_F(ModelDirectoryTest, Bf16RoundsToNearestEvenAndThenSurvives) {
  slab_.data()[0] = 1.0f + 0x1p-8f;             // a tie, the lower neighbour is even
  slab_.data()[1] = 1.0f + 3 * 0x1p-8f;         // a tie, the upper neighbour is even
  slab_.data()[2] = 1.0f + 0x1p-8f + 0x1p-20f;  // just above a tie
  Write(SafetensorsType::kBf16);
  const Slab once = std::move(ReadModelDirectory(path_)->weights);
  EXPECT_EQ(once.data()[0], 1.0f);
  EXPECT_EQ(once.data()[1], 1.0f + 0x1p-6f);
  EXPECT_EQ(once.data()[2], 1.0f + 0x1p-7f);
  for (int64_t i = 0; i < slab_.size(); ++i) {
    EXPECT_NEAR(once.data()[i], slab_.data()[i], std::abs(slab_.data()[i]) * 0x1p-8f);
  }
  slab_ = once.Clone();
  Write(SafetensorsType::kBf16);
  EXPECT_TRUE(std::ranges::equal(ReadModelDirectory(path_)->weights.floats(), once.floats()));
}

TEST_F(ModelDirectoryTest, WritesTheSameBytesEachTime) {
  Write();
  const std::string first = *ReadFile(path_ + "/model.safetensors");
  Write();
  EXPECT_EQ(*ReadFile(path_ + "/model.safetensors"), first);
}

TEST_F(ModelDirectoryTest, CarriesTheSmallFilesUnchanged) {
  const std::string config = " " + ConfigText(config_) + "\n\n";
  const std::map<std::string, std::string> files = {{"config.json", config},
                                                    {"tokenizer.json", "{\"x\": 1}"},
                                                    {"generation_config.json", "{\"eos_token_id\": 7}"}};
  ASSERT_TRUE(WriteModelDirectory(path_, files, SlabLayout(config_), slab_, SafetensorsType::kF32).ok());
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->files, files);
  EXPECT_THAT(read->config.end_token_ids, testing::ElementsAre(7));
}

TEST_F(ModelDirectoryTest, ReadsWhatTransformersWrote) {
  for (const char* name : {"tied", "untied"}) {
    const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(kGolden + std::string(name));
    EXPECT_TRUE(read.ok()) << read.status();
  }
}

TEST_F(ModelDirectoryTest, WritesWhatTransformersWouldHaveWritten) {
  const std::string golden = kGolden + std::string("tied");
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(golden);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_TRUE(
      WriteModelDirectory(path_, read->files, read->layout, read->weights, SafetensorsType::kF32).ok());
  const SafetensorsFile ours = *SafetensorsFile::Open(path_ + "/model.safetensors");
  const SafetensorsFile theirs = *SafetensorsFile::Open(golden + "/model.safetensors");
  ASSERT_EQ(ours.tensors().size(), theirs.tensors().size());
  for (const SafetensorsTensor& tensor : theirs.tensors()) {
    const SafetensorsTensor* copy = ours.Find(tensor.name);
    ASSERT_NE(copy, nullptr) << tensor.name;
    EXPECT_EQ(copy->shape, tensor.shape);
    EXPECT_TRUE(std::equal(copy->data, copy->data + 4 * copy->elements, tensor.data)) << tensor.name;
  }
}

TEST_F(ModelDirectoryTest, ReadsShards) {
  Write();
  std::filesystem::rename(path_ + "/model.safetensors", path_ + "/model-00001-of-00001.safetensors");
  ASSERT_TRUE(
      WriteFileAtomically(path_ + "/model.safetensors.index.json",
                          R"({"weight_map": {"model.norm.weight": "model-00001-of-00001.safetensors"}})")
          .ok());
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(std::ranges::equal(read->weights.floats(), slab_.floats()));
}

TEST_F(ModelDirectoryTest, RefusesAShardOutsideTheDirectory) {
  Write();
  std::filesystem::rename(path_ + "/model.safetensors", path_ + "/elsewhere.safetensors");
  ASSERT_TRUE(WriteFileAtomically(path_ + "/model.safetensors.index.json",
                                  R"({"weight_map": {"model.norm.weight": "../elsewhere.safetensors"}})")
                  .ok());
  EXPECT_THAT(Problem(), HasSubstr("no plain file name"));
}

TEST_F(ModelDirectoryTest, AnotherPlaceIsNotFound) {
  EXPECT_EQ(ReadModelDirectory(path_ + "/nowhere").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadModelConfig(path_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Problem(), AllOf(HasSubstr(path_), HasSubstr("no config.json"), HasSubstr("Hugging Face")));
}

TEST_F(ModelDirectoryTest, ReportsEveryTensorThatIsWrong) {
  slab_.data()[SlabLayout(config_).Find("model.norm.weight")->offset + 3] =
      std::numeric_limits<float>::quiet_NaN();
  Write();
  config_.ffn += 1;
  config_.layers += 1;
  ASSERT_TRUE(WriteFileAtomically(path_ + "/config.json", ConfigText(config_)).ok());
  EXPECT_THAT(
      Problem(),
      AllOf(HasSubstr(
                "\"model.layers.0.mlp.up_proj.weight\" has shape [52, 36], config.json makes it [53, 36]"),
            HasSubstr("\"model.layers.2.mlp.down_proj.weight\""),
            HasSubstr("\"model.layers.3.self_attn.q_proj.weight\" [64, 36] is missing"),
            HasSubstr("\"model.norm.weight\" holds nan at element 3")));
}

TEST_F(ModelDirectoryTest, RefusesATensorThatTheModelLacks) {
  config_.tied_embeddings = false;
  slab_ = RandomSlab(config_, 5);
  Write();
  config_.tied_embeddings = true;
  ASSERT_TRUE(WriteFileAtomically(path_ + "/config.json", ConfigText(config_)).ok());
  EXPECT_THAT(Problem(), HasSubstr("\"lm_head.weight\" [37, 36] is not part of the model"));
}

TEST_F(ModelDirectoryTest, AcceptsASecondCopyOfATiedHead) {
  config_.tied_embeddings = false;
  const SlabLayout layout(config_);
  slab_ = RandomSlab(config_, 5);
  const SlabTensor* head = layout.Find("lm_head.weight");
  std::copy_n(slab_.data() + layout.Find("model.embed_tokens.weight")->offset, head->size,
              slab_.data() + head->offset);
  Write();
  config_.tied_embeddings = true;
  ASSERT_TRUE(WriteFileAtomically(path_ + "/config.json", ConfigText(config_)).ok());
  EXPECT_TRUE(ReadModelDirectory(path_).ok());
}

TEST_F(ModelDirectoryTest, ReadsTheConfigAloneWithoutWeights) {
  ASSERT_TRUE(WriteFileAtomically(path_ + "/config.json", ConfigText(config_)).ok());
  EXPECT_TRUE(ReadModelConfig(path_).ok());
  EXPECT_THAT(Problem(), HasSubstr("model.safetensors"));
}

TEST_F(ModelDirectoryTest, RefusesToWriteF16) {
  EXPECT_EQ(WriteSafetensors(path_ + "/x", SlabLayout(config_), slab_, SafetensorsType::kF16).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rubato
