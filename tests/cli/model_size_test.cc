#include "cli/model_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/file.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

constexpr char kConfig[] =
    R"({"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 64, "head_dim": 16})";

std::string ModelWith(const std::string& name, const std::string& weights) {
  const std::string directory = ::testing::TempDir() + "/model_size_test/" + name;
  CreateDirectories(directory).IgnoreError();
  std::ofstream(directory + "/config.json") << kConfig;
  if (!weights.empty()) std::ofstream(directory + "/model.safetensors", std::ios::binary) << weights;
  return directory;
}

std::string WithLength(const std::string& header) {
  std::string text(8, '\0');
  text[0] = static_cast<char>(header.size());
  return text + header;
}

TEST(ModelSize, CountsParametersAndTheCacheOfOneToken) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[3,5],"data_offsets":[0,60]},"b":{"dtype":"BF16","shape":[7],"data_offsets":[60,74]}})";
  const absl::StatusOr<ModelSize> size = ReadModelSize(ModelWith("good", WithLength(header)));
  ASSERT_TRUE(size.ok()) << size.status();
  EXPECT_EQ(size->parameters, 22u);
  EXPECT_EQ(size->kv_bytes_per_token, 2u * 2 * 16 * 2 * 4);
}

TEST(ModelSize, CountsTheShardsOfTheIndexAndNothingBesideThem) {
  const std::string directory = ModelWith("sharded", "");
  const std::string tensor = R"({"dtype":"F32","shape":[3,5],"data_offsets":[0,60]}})";
  std::ofstream(directory + "/model-00001-of-00002.safetensors") << WithLength("{\"a\":" + tensor);
  std::ofstream(directory + "/model-00002-of-00002.safetensors") << WithLength("{\"b\":" + tensor);
  std::ofstream(directory + "/consolidated.safetensors") << WithLength("{\"a\":" + tensor);
  std::ofstream(directory + "/model.safetensors.index.json")
      << R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}})";
  EXPECT_EQ(ReadModelSize(directory)->parameters, 30u);
}

TEST(ModelSize, CountsATiedHeadOnce) {
  const std::string directory = ModelWith(
      "tied",
      WithLength(R"({"lm_head.weight":{"shape":[3,5]},"model.embed_tokens.weight":{"shape":[3,5]}})"));
  EXPECT_EQ(ReadModelSize(directory)->parameters, 30u);
  std::ofstream(directory + "/config.json") << R"({"tie_word_embeddings": true, "num_hidden_layers": 1,
      "num_attention_heads": 1, "hidden_size": 16})";
  EXPECT_EQ(ReadModelSize(directory)->parameters, 15u);
}

TEST(ModelSize, NeedsWeights) {
  EXPECT_THAT(std::string(ReadModelSize(ModelWith("none", "")).status().message()),
              HasSubstr("neither model.safetensors nor model.safetensors.index.json"));
}

TEST(ModelSize, RefusesWhatIsNoSafetensorsFile) {
  EXPECT_THAT(std::string(ReadModelSize(ModelWith("text", "hello")).status().message()),
              HasSubstr("model.safetensors: is not a safetensors file"));
  EXPECT_THAT(std::string(ReadModelSize(ModelWith("huge", std::string(8, '\xff'))).status().message()),
              HasSubstr("is not a safetensors file"));
  EXPECT_THAT(
      std::string(ReadModelSize(ModelWith("short", WithLength("{}").substr(0, 9))).status().message()),
      HasSubstr("ends within its header"));
}

TEST(MemoryPlan, CountsVersionsMomentsAndTheCacheOfFullResponses) {
  RunConfig config;
  config.mutable_rollout()->set_max_new_tokens(10);
  const MemoryPlan plan = PlanMemory({.parameters = 100, .kv_bytes_per_token = 8}, config, 3);
  EXPECT_EQ(plan.rank, 6u * 400);
  EXPECT_EQ(plan.worker, 2u * 400 + 3 * 10 * 8);
}

}  // namespace
}  // namespace rubato
