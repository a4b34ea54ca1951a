#include "policy/model_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "common/bytes.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/safetensors.h"
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

  void WriteSharded() {
    ASSERT_TRUE(WriteModelDirectory(path_, {{"config.json", ConfigText(config_)}}, SlabLayout(config_), slab_,
                                    SafetensorsType::kF32, 40'000)
                    .ok());
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename());
    return names;
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

TEST_F(ModelDirectoryTest, ShardsThatTheIndexListsAreTheModel) {
  WriteSharded();
  EXPECT_FALSE(FileExists(path_ + "/model.safetensors"));
  EXPECT_TRUE(FileExists(path_ + "/model-00002-of-00005.safetensors"));
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(std::ranges::equal(read->weights.floats(), slab_.floats()));
}

TEST_F(ModelDirectoryTest, AShardIsNoLargerThanItsLimitUnlessATensorIs) {
  const SlabLayout layout(config_);
  for (const int64_t most : {1, 10'000, 40'000, 1'000'000}) {
    int64_t tensors = 0;
    for (const WeightShard& shard : PlanShards(layout, SafetensorsType::kF16, most)) {
      int64_t bytes = 0;
      for (const SlabTensor& tensor : shard.tensors) bytes += 2 * tensor.size;
      EXPECT_TRUE(bytes <= most || shard.tensors.size() == 1) << shard.name;
      tensors += static_cast<int64_t>(shard.tensors.size());
    }
    EXPECT_EQ(tensors, static_cast<int64_t>(layout.tensors().size()));
  }
}

TEST_F(ModelDirectoryTest, TheIndexIsWhatTransformersWrites) {
  WriteSharded();
  const Json index = *Json::Parse(*ReadFile(path_ + "/model.safetensors.index.json"));
  const SlabLayout layout(config_);
  EXPECT_EQ(*index.Find("metadata")->GetInt("total_size"), layout.size_bytes());
  EXPECT_EQ(*index.Find("metadata")->GetInt("total_parameters"), layout.size());
  EXPECT_EQ(*index.Find("weight_map")->GetString("model.norm.weight"), "model-00005-of-00005.safetensors");
  EXPECT_EQ(index.Find("weight_map")->object().size(), layout.tensors().size());
}

TEST_F(ModelDirectoryTest, WritingAnotherLayoutLeavesNothingOfTheFirst) {
  WriteSharded();
  ASSERT_TRUE(WriteFileAtomically(path_ + "/chat_template.jinja", "old").ok());
  ASSERT_TRUE(WriteFileAtomically(path_ + "/README.md", "stays").ok());
  slab_ = RandomSlab(config_, 6);
  Write();
  EXPECT_THAT(Names(), testing::UnorderedElementsAre("README.md", "config.json", "model.safetensors"));
  WriteSharded();
  EXPECT_FALSE(FileExists(path_ + "/model.safetensors"));
  EXPECT_TRUE(std::ranges::equal(ReadModelDirectory(path_)->weights.floats(), slab_.floats()));
}

// As in the cache of the Hub: every file of a snapshot is a link to a blob.
TEST_F(ModelDirectoryTest, FilesMayBeLinks) {
  WriteSharded();
  std::filesystem::remove_all(path_ + ".blobs");
  std::filesystem::create_directories(path_ + ".blobs");
  for (const std::string& name : Names()) {
    std::filesystem::rename(path_ + "/" + name, path_ + ".blobs/" + name);
    std::filesystem::create_symlink(path_ + ".blobs/" + name, path_ + "/" + name);
  }
  EXPECT_TRUE(ReadModelDirectory(path_).ok());
}

TEST_F(ModelDirectoryTest, OneFileGoesBeforeAnIndex) {
  WriteSharded();
  const std::string index = *ReadFile(path_ + "/model.safetensors.index.json");
  Write();
  ASSERT_TRUE(WriteFileAtomically(path_ + "/model.safetensors.index.json", index).ok());
  EXPECT_TRUE(ReadModelDirectory(path_).ok());
}

TEST_F(ModelDirectoryTest, ABaseModelsNamesAreTheModels) {
  Write();
  std::string file = *ReadFile(path_ + "/model.safetensors");
  const size_t header = LoadNumber<uint64_t>(file.data());
  std::string text = file.substr(8, header);
  for (size_t at; (at = text.find("\"model.")) != std::string::npos;) text.erase(at + 1, 6);
  text.resize(header, ' ');
  ASSERT_TRUE(WriteFileAtomically(path_ + "/model.safetensors", file.replace(8, header, text)).ok());
  const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(std::ranges::equal(read->weights.floats(), slab_.floats()));
}

TEST_F(ModelDirectoryTest, F16KeepsWhatFitsAndRefusesWhatDoesNot) {
  slab_.data()[0] = 65519.0f;
  slab_.data()[1] = 0x1p-25f;  // a tie between 0 and the smallest subnormal: 0 is even
  slab_.data()[2] = 0x1.8p-24f;
  Write(SafetensorsType::kF16);
  const Slab once = std::move(ReadModelDirectory(path_)->weights);
  EXPECT_EQ(once.data()[0], 65504.0f);
  EXPECT_EQ(once.data()[1], 0.0f);
  EXPECT_EQ(once.data()[2], 0x1p-23f);
  slab_.data()[1] = -65520.0f;
  const absl::Status status = WriteModelDirectory(path_ + "/new", {{"config.json", "{}"}},
                                                  SlabLayout(config_), slab_, SafetensorsType::kF16);
  EXPECT_THAT(std::string(status.message()), HasSubstr("holds -65520 at element 1, too large for F16"));
  EXPECT_FALSE(FileExists(path_ + "/new"));
}

TEST_F(ModelDirectoryTest, SetDtypeChangesWhatTheConfigSaysAndNothingElse) {
  ModelFiles files = {{"config.json", "{\"torch_dtype\": \"bfloat16\", \"x\": 1.0}"}};
  ASSERT_TRUE(SetDtype(SafetensorsType::kF32, &files).ok());
  EXPECT_EQ(*Json::Parse(files["config.json"]), *Json::Parse(R"({"torch_dtype": "float32", "x": 1.0})"));
  const std::string text = files["config.json"] = "  {\"dtype\": \"float16\"}";
  ASSERT_TRUE(SetDtype(SafetensorsType::kF16, &files).ok());
  EXPECT_EQ(files["config.json"], text);
  files["config.json"] = "{}";
  ASSERT_TRUE(SetDtype(SafetensorsType::kBf16, &files).ok());
  EXPECT_EQ(*Json::Parse(files["config.json"]), *Json::Parse(R"({"dtype": "bfloat16"})"));
}

TEST_F(ModelDirectoryTest, AnotherPlaceIsNotFound) {
  EXPECT_EQ(ReadModelDirectory(path_ + "/nowhere").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Problem(), AllOf(HasSubstr(path_), HasSubstr("no config.json"), HasSubstr("Hugging Face"),
                               HasSubstr("weights: there are none")));
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

TEST_F(ModelDirectoryTest, RefusesATiedHeadThatDiffers) {
  config_.tied_embeddings = false;
  slab_ = RandomSlab(config_, 5);
  Write();
  config_.tied_embeddings = true;
  ASSERT_TRUE(WriteFileAtomically(path_ + "/config.json", ConfigText(config_)).ok());
  EXPECT_THAT(Problem(), HasSubstr("\"lm_head.weight\" [37, 36] differs from \"model.embed_tokens.weight\""));
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

}  // namespace
}  // namespace rubato
