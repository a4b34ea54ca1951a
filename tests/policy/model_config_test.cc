#include "policy/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Json QwenConfig() {
  return *Json::Parse(R"({
    "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_act": "silu",
    "num_hidden_layers": 6, "hidden_size": 96, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32,
    "intermediate_size": 256, "vocab_size": 32, "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
    "rope_theta": 12345.0, "tie_word_embeddings": true, "eos_token_id": 2, "attention_bias": false,
    "use_sliding_window": false, "sliding_window": null, "rope_scaling": null
  })");
}

std::vector<std::string> ProblemsOf(const Json& config) {
  Problems problems;
  ParseModelConfig(config, nullptr, &problems);
  return problems.list();
}

TEST(ModelConfig, ReadsTheShapeOfAQwen3Model) {
  Problems problems;
  const ModelConfig config = ParseModelConfig(QwenConfig(), nullptr, &problems);
  EXPECT_THAT(problems.list(), IsEmpty());
  EXPECT_EQ(config.layers, 6);
  EXPECT_EQ(config.hidden, 96);
  EXPECT_EQ(config.query_width(), 128);
  EXPECT_EQ(config.kv_width(), 64);
  EXPECT_EQ(config.ffn, 256);
  EXPECT_EQ(config.vocab, 32);
  EXPECT_EQ(config.max_positions, 512);
  EXPECT_EQ(config.rms_norm_eps, 1e-5f);
  EXPECT_EQ(config.rope.theta, 12345.0);
  EXPECT_TRUE(config.tied_embeddings);
  EXPECT_TRUE(config.qk_norm);
  EXPECT_FALSE(config.qkv_bias);
  EXPECT_THAT(config.end_token_ids, ElementsAre(2));
}

TEST(ModelConfig, ReadsRopeThetaWhereTransformers5PutsIt) {
  Json config = QwenConfig();
  config.Set("rope_theta", Json());
  config.Set("rope_parameters", *Json::Parse(R"({"rope_type": "default", "rope_theta": 7.5})"));
  Problems problems;
  EXPECT_EQ(ParseModelConfig(config, nullptr, &problems).rope.theta, 7.5);
  EXPECT_THAT(problems.list(), IsEmpty());
}

TEST(ModelConfig, PrefersTheEndTokensOfTheGenerationConfig) {
  const Json generation = *Json::Parse(R"({"eos_token_id": [9, 4, 9]})");
  Problems problems;
  const ModelConfig config = ParseModelConfig(QwenConfig(), &generation, &problems);
  EXPECT_THAT(config.end_token_ids, ElementsAre(4, 9));
  EXPECT_TRUE(config.IsEndToken(9));
  EXPECT_FALSE(config.IsEndToken(2));
}

TEST(ModelConfig, RefusesAnotherArchitectureByName) {
  Json config = QwenConfig();
  config.Set("architectures", Json::Array{"LlamaForCausalLM"});
  EXPECT_THAT(ProblemsOf(config), ElementsAre(testing::AllOf(HasSubstr("\"LlamaForCausalLM\""),
                                                             HasSubstr("only \"Qwen3ForCausalLM\""))));
}

TEST(ModelConfig, ReportsAllProblemsAtOnce) {
  Json config = QwenConfig();
  config.Set("num_hidden_layers", "six");
  config.Set("hidden_size", 0);
  config.Set("num_key_value_heads", 3);
  config.Set("head_dim", 20);
  config.Set("hidden_act", "gelu");
  config.Set("attention_bias", true);
  config.Set("eos_token_id", 32);
  config.Set("rope_scaling", *Json::Parse(R"({"rope_type": "yarn", "factor": 4.0})"));
  config.Set("layer_types", Json::Array{"full_attention", "sliding_attention"});
  EXPECT_THAT(ProblemsOf(config),
              testing::UnorderedElementsAre(
                  HasSubstr("num_hidden_layers"), HasSubstr("\"hidden_size\" is 0"),
                  HasSubstr("not a multiple of \"num_key_value_heads\", 3"), HasSubstr("\"head_dim\" is 20"),
                  HasSubstr("\"gelu\""), HasSubstr("attention_bias"), HasSubstr("\"eos_token_id\" holds 32"),
                  HasSubstr("\"yarn\""), HasSubstr("sliding_attention")));
}

TEST(ModelConfig, RefusesAKeyThatIsMissing) {
  Json::Object members = QwenConfig().object();
  members.erase("vocab_size");
  EXPECT_THAT(ProblemsOf(Json(members)), testing::Contains(HasSubstr("vocab_size")));
}

TEST(ModelConfig, RefusesSizesThatAreAbsurd) {
  Json config = QwenConfig();
  config.Set("vocab_size", int64_t{1} << 40);
  EXPECT_THAT(ProblemsOf(config), ElementsAre(HasSubstr("\"vocab_size\" is 1099511627776")));
}

TEST(ModelConfig, RefusesANonPositiveRopeTheta) {
  Json config = QwenConfig();
  config.Set("rope_theta", -1.0);
  EXPECT_THAT(ProblemsOf(config), ElementsAre(HasSubstr("\"rope_theta\" is -1")));
}

}  // namespace
}  // namespace rubato
