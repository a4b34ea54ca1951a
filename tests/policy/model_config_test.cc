#include "policy/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Json ConfigOf(std::string_view architecture, std::string_view model_type) {
  Json config = *Json::Parse(R"({
    "hidden_act": "silu", "num_hidden_layers": 6, "hidden_size": 96, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 32, "intermediate_size": 256, "vocab_size": 40,
    "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 12345.0, "tie_word_embeddings": true,
    "eos_token_id": 2, "attention_bias": false, "use_sliding_window": false, "sliding_window": null,
    "rope_scaling": null
  })");
  config.Set("architectures", Json::Array{architecture});
  config.Set("model_type", model_type);
  return config;
}

Json Qwen3() { return ConfigOf("Qwen3ForCausalLM", "qwen3"); }
Json Qwen2() { return ConfigOf("Qwen2ForCausalLM", "qwen2"); }
Json Llama() { return ConfigOf("LlamaForCausalLM", "llama"); }

// The config with the members of `changes`, a JSON object, put over it.
Json With(Json config, const std::string& changes) {
  const Json members = *Json::Parse(changes);
  for (const auto& [key, value] : members.object()) config.Set(key, value);
  return config;
}

Json Without(const Json& config, const std::string& key) {
  Json::Object members = config.object();
  members.erase(key);
  return members;
}

ModelConfig Parse(const Json& config) {
  Problems problems;
  ModelConfig result = ParseModelConfig(config, nullptr, &problems);
  EXPECT_THAT(problems.list(), IsEmpty()) << config.Dump();
  return result;
}

std::vector<std::string> ProblemsOf(const Json& config) {
  Problems problems;
  ParseModelConfig(config, nullptr, &problems);
  return problems.list();
}

TEST(ModelConfig, ReadsTheShapeOfAQwen3Model) {
  const ModelConfig config = Parse(Qwen3());
  EXPECT_EQ(config.architecture, "Qwen3ForCausalLM");
  EXPECT_EQ(config.layers, 6);
  EXPECT_EQ(config.hidden, 96);
  EXPECT_EQ(config.query_width(), 128);
  EXPECT_EQ(config.kv_width(), 64);
  EXPECT_EQ(config.ffn, 256);
  EXPECT_EQ(config.vocab, 40);
  EXPECT_EQ(config.max_positions, 512);
  EXPECT_EQ(config.rms_norm_eps, 1e-5f);
  EXPECT_EQ(config.rope.theta, 12345.0);
  EXPECT_TRUE(config.tied_embeddings);
  EXPECT_EQ(config.dtype, "");
  EXPECT_THAT(config.end_token_ids, ElementsAre(2));
}

std::string BiasesAndNorms(const Json& json) {
  const ModelConfig config = Parse(json);
  std::string text = config.qk_norm ? "norm " : "";
  if (config.qkv_bias) text += "qkv ";
  if (config.o_bias) text += "o ";
  if (config.mlp_bias) text += "mlp ";
  return text;
}

TEST(ModelConfig, KnowsWhichFamilyHasWhichBiasesAndNorms) {
  const std::string attention = R"({"attention_bias": true})";
  const std::string mlp = R"({"mlp_bias": true})";
  EXPECT_EQ(BiasesAndNorms(Qwen3()), "norm ");
  EXPECT_EQ(BiasesAndNorms(With(Qwen3(), attention)), "norm qkv o ");
  EXPECT_EQ(BiasesAndNorms(With(Qwen3(), mlp)), "norm ");
  EXPECT_EQ(BiasesAndNorms(Qwen2()), "qkv ");
  EXPECT_EQ(BiasesAndNorms(With(With(Qwen2(), attention), mlp)), "qkv ");
  EXPECT_EQ(BiasesAndNorms(Llama()), "");
  EXPECT_EQ(BiasesAndNorms(With(Llama(), attention)), "qkv o ");
  EXPECT_EQ(BiasesAndNorms(With(Llama(), mlp)), "mlp ");
}

TEST(ModelConfig, FillsInKeyValueHeadsAsEachFamilyDoes) {
  const std::string null = R"({"num_key_value_heads": null})";
  for (const Json& config : {Qwen3(), Qwen2(), Llama()}) {
    EXPECT_EQ(Parse(With(config, null)).kv_heads, 4);
    EXPECT_EQ(Parse(Without(config, "num_key_value_heads")).kv_heads, 4);
  }
  const std::string many = R"({"num_attention_heads": 64})";
  EXPECT_EQ(Parse(Without(With(Qwen3(), many), "num_key_value_heads")).kv_heads, 32);
  EXPECT_EQ(Parse(Without(With(Qwen2(), many), "num_key_value_heads")).kv_heads, 32);
  EXPECT_EQ(Parse(Without(With(Llama(), many), "num_key_value_heads")).kv_heads, 64);
}

TEST(ModelConfig, FillsInTheHeadDimensionAsEachFamilyDoes) {
  EXPECT_EQ(Parse(Without(Qwen3(), "head_dim")).head_dim, 128);
  EXPECT_EQ(Parse(Without(Qwen2(), "head_dim")).head_dim, 24);
  EXPECT_EQ(Parse(Without(Llama(), "head_dim")).head_dim, 24);
  EXPECT_EQ(Parse(With(Llama(), R"({"head_dim": null})")).head_dim, 24);
  EXPECT_EQ(Parse(With(Llama(), R"({"head_dim": 6})")).head_dim, 6);
}

TEST(ModelConfig, LeavesEmbeddingsUntiedAndEpsilonSmallIfNothingIsSaid) {
  for (const Json& config : {Qwen3(), Qwen2(), Llama()}) {
    EXPECT_FALSE(Parse(Without(config, "tie_word_embeddings")).tied_embeddings);
    EXPECT_EQ(Parse(Without(config, "rms_norm_eps")).rms_norm_eps, 1e-6f);
  }
}

TEST(ModelConfig, ReadsTheTypeOfTheWeightsInBothSpellings) {
  EXPECT_EQ(Parse(With(Llama(), R"({"torch_dtype": "bfloat16"})")).dtype, "bfloat16");
  EXPECT_EQ(Parse(With(Llama(), R"({"dtype": "half"})")).dtype, "float16");
  EXPECT_EQ(Parse(With(Llama(), R"({"dtype": "float32", "torch_dtype": "bfloat16"})")).dtype, "float32");
  EXPECT_THAT(ProblemsOf(With(Llama(), R"({"dtype": "bf16"})")),
              ElementsAre(HasSubstr("\"dtype\" is \"bf16\"")));
  EXPECT_THAT(ProblemsOf(With(Llama(), R"({"torch_dtype": "float64"})")),
              ElementsAre(HasSubstr("\"torch_dtype\" is \"float64\"")));
}

TEST(ModelConfig, KnowsTheFamilyByItsTypeIfNoClassIsNamed) {
  EXPECT_EQ(Parse(Without(Llama(), "architectures")).architecture, "LlamaForCausalLM");
  EXPECT_EQ(Parse(With(Qwen2(), R"({"architectures": null})")).architecture, "Qwen2ForCausalLM");
  EXPECT_EQ(Parse(Without(Qwen2(), "model_type")).architecture, "Qwen2ForCausalLM");
}

TEST(ModelConfig, PrefersTheEndTokensOfTheGenerationConfig) {
  const Json generation = *Json::Parse(R"({"eos_token_id": [9, 4, 9]})");
  Problems problems;
  const ModelConfig config = ParseModelConfig(Qwen3(), &generation, &problems);
  EXPECT_THAT(config.end_token_ids, ElementsAre(4, 9));
  EXPECT_TRUE(config.IsEndToken(9));
  EXPECT_FALSE(config.IsEndToken(2));
}

TEST(ModelConfig, HasNoEndTokensIfNoFileNamesOne) {
  const Json generation = *Json::Parse(R"({"eos_token_id": null})");
  Problems problems;
  EXPECT_THAT(ParseModelConfig(Without(Llama(), "eos_token_id"), &generation, &problems).end_token_ids,
              IsEmpty());
  EXPECT_THAT(problems.list(), IsEmpty());
}

TEST(ModelConfig, IgnoresAWindowThatNoLayerHas) {
  Parse(With(Qwen2(), R"({"sliding_window": 8})"));
  Parse(With(Without(Llama(), "use_sliding_window"), R"({"sliding_window": 8})"));
  Parse(With(Qwen2(), R"({"use_sliding_window": true})"));  // sliding_window is null
  const std::string full = R"(["full_attention", "full_attention", "full_attention", "full_attention",
                               "full_attention", "full_attention"])";
  Parse(With(Qwen3(), R"({"use_sliding_window": true, "sliding_window": 8, "layer_types": )" + full + "}"));
}

TEST(ModelConfig, TakesTheOtherNameOfSilu) { Parse(With(Llama(), R"({"hidden_act": "swish"})")); }

TEST(ModelConfig, TakesNoOffenceAtWhatIsSwitchedOff) {
  Parse(
      With(Llama(),
           R"({"quantization_config": null, "auto_map": {}, "partial_rotary_factor": 1.0, "pretraining_tp": 2,
                          "pad_token_id": -1, "bos_token_id": null, "rope_scaling": {}})"));
}

// One defect each; the message says which key, with its value.
struct Defect {
  const char* changes;
  const char* expected;
};

constexpr Defect kDefects[] = {
    {R"({"architectures": ["MistralForCausalLM"], "model_type": "mistral"})", "names \"MistralForCausalLM\""},
    {R"({"architectures": ["LlamaForSequenceClassification"]})", "names \"LlamaForSequenceClassification\""},
    {R"({"architectures": [], "model_type": "gpt2"})", "\"model_type\" is \"gpt2\""},
    {R"({"architectures": null, "model_type": null})", "\"model_type\" is absent"},
    {R"({"architectures": "LlamaForCausalLM"})", "\"architectures\" is \"LlamaForCausalLM\", a list"},
    {R"({"model_type": "qwen3_moe"})", "\"model_type\" is \"qwen3_moe\", but \"architectures\" names"},
    {R"({"num_hidden_layers": null})", "has no \"num_hidden_layers\""},
    {R"({"num_hidden_layers": "six"})", "\"num_hidden_layers\" is \"six\", a whole number"},
    {R"({"hidden_size": 0})", "\"hidden_size\" is 0"},
    {R"({"hidden_size": 96.0})", "\"hidden_size\" is 96"},
    {R"({"intermediate_size": -4})", "\"intermediate_size\" is -4"},
    {R"({"vocab_size": 1099511627776})", "\"vocab_size\" is 1099511627776"},
    {R"({"vocab_size": null})", "has no \"vocab_size\""},
    {R"({"num_key_value_heads": 3})", "a multiple of \"num_key_value_heads\", 3"},
    {R"({"num_key_value_heads": 0})", "\"num_key_value_heads\" is 0"},
    {R"({"num_key_value_heads": 8})",
     "\"num_attention_heads\" is 4, a multiple of \"num_key_value_heads\", 8"},
    {R"({"head_dim": 7})", "\"head_dim\" is 7, an even number"},
    {R"({"head_dim": null, "hidden_size": 3, "num_attention_heads": 4})", "\"hidden_size\" is 3, at least"},
    {R"({"head_dim": null, "hidden_size": 100})", "\"head_dim\" is 25 (hidden_size / num_attention_heads)"},
    {R"({"head_dim": 524288})", "\"num_attention_heads\" times \"head_dim\" is 4 times 524288"},
    {R"({"rms_norm_eps": "1e-6"})", "\"rms_norm_eps\" is \"1e-6\""},
    {R"({"rms_norm_eps": -1})", "\"rms_norm_eps\" is -1"},
    {R"({"tie_word_embeddings": "yes"})", "\"tie_word_embeddings\" is \"yes\", true or false"},
    {R"({"hidden_act": "gelu"})", "\"hidden_act\" is \"gelu\""},
    {R"({"quantization_config": {"bits": 4}})", "\"quantization_config\" is {\"bits\":4}"},
    {R"({"auto_map": {"AutoModelForCausalLM": "modeling_x.X"}})", "remove \"auto_map\""},
    {R"({"is_encoder_decoder": true})", "\"is_encoder_decoder\" is true"},
    {R"({"use_sliding_window": true, "sliding_window": 16})",
     "\"sliding_window\" 16, but only full attention"},
    {R"({"layer_types": ["full_attention", "full_attention", "sliding_attention", "full_attention",
         "full_attention", "full_attention"]})",
     "\"layer_types\" holds \"sliding_attention\""},
    {R"({"layer_types": ["full_attention"]})", "\"layer_types\" has 1 entries"},
    {R"({"layer_types": "full_attention"})", "\"layer_types\" is \"full_attention\", a list"},
    {R"({"eos_token_id": 40})", "\"eos_token_id\" holds 40"},
    {R"({"eos_token_id": [2, "</s>"]})", "\"eos_token_id\" holds \"</s>\""},
    {R"({"bos_token_id": 40})", "\"bos_token_id\" is 40"},
    {R"({"pad_token_id": 40})", "\"pad_token_id\" is 40"},
    {R"({"rope_theta": -1.0})", "\"rope_theta\" is -1"},
    {R"({"partial_rotary_factor": 0.5})", "\"partial_rotary_factor\" is 0.5"},
    {R"({"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.25}})",
     "\"rope_parameters.partial_rotary_factor\" is 0.25"},
    {R"({"rope_scaling": "linear"})", "\"rope_scaling\" is \"linear\", an object"},
    {R"({"rope_scaling": {"type": "dynamic", "factor": 2.0}})", "\"rope_scaling.type\" is \"dynamic\""},
    {R"({"rope_scaling": {"type": "su", "factor": 2.0}})", "\"rope_scaling.type\" is \"su\""},
    {R"({"rope_parameters": {"rope_type": "longrope", "factor": 2.0}})",
     "\"rope_parameters.rope_type\" is \"longrope\""},
    {R"({"rope_scaling": {"type": "mrope"}})", "made for pictures"},
    {R"({"rope_scaling": {"type": "default", "mrope_section": [2, 3, 3]}})", "mrope is not supported"},
    {R"({"rope_scaling": {"rope_type": "ntk", "factor": 2.0}})",
     "\"ntk\", which is not supported, as it is unknown"},
    {R"({"rope_scaling": {"rope_type": "linear", "type": "yarn", "factor": 2.0}})",
     "remove the one that is wrong"},
    {R"({"rope_scaling": {"factor": 2.0}})", "\"rope_type\" is absent"},
    {R"({"rope_parameters": {"full_attention": {"rope_type": "default"}}})",
     "\"rope_parameters.full_attention\""},
    {R"({"rope_scaling": {"rope_type": "linear"}})", "has no \"rope_scaling.factor\""},
    {R"({"rope_scaling": {"rope_type": "linear", "factor": 0.5}})", "\"rope_scaling.factor\" is 0.5"},
    {R"({"rope_scaling": {"rope_type": "linear", "factor": "2"}})", "\"rope_scaling.factor\" is \"2\""},
    {R"({"rope_scaling": {"rope_type": "yarn", "original_max_position_embeddings": 64}})",
     "has no \"rope_scaling.factor\""},
    {R"({"rope_scaling": {"rope_type": "yarn", "factor": 2.0, "beta_fast": 1, "beta_slow": 2}})",
     "\"rope_scaling.beta_fast\" is 1, at least"},
    {R"({"rope_scaling": {"rope_type": "yarn", "factor": 2.0, "attention_factor": -1}})",
     "\"rope_scaling.attention_factor\" is -1"},
    {R"({"rope_scaling": {"rope_type": "yarn", "factor": 2.0, "truncate": 1}})",
     "\"rope_scaling.truncate\" is 1"},
    {R"({"rope_theta": 1, "rope_scaling": {"rope_type": "yarn", "factor": 2.0}})",
     "\"yarn\" needs a number above 1"},
    {R"({"rope_scaling": {"rope_type": "llama3", "factor": 2.0, "high_freq_factor": 4.0}})",
     "has no \"rope_scaling.low_freq_factor\""},
    {R"({"rope_scaling": {"rope_type": "llama3", "factor": 2.0, "low_freq_factor": 4, "high_freq_factor": 4}})",
     "\"rope_scaling.high_freq_factor\" is 4, a number above"},
    {R"({"rope_scaling": {"rope_type": "llama3", "factor": 2.0, "low_freq_factor": 1, "high_freq_factor": 4,
         "original_max_position_embeddings": 0}})",
     "\"rope_scaling.original_max_position_embeddings\" is 0"},
};

TEST(ModelConfig, RefusesEveryDefectByKeyAndValue) {
  for (const Json& config : {Qwen3(), Qwen2(), Llama()}) {
    for (const Defect& defect : kDefects) {
      EXPECT_THAT(ProblemsOf(With(config, defect.changes)),
                  ElementsAre(AllOf(testing::StartsWith("config.json: "), HasSubstr(defect.expected))))
          << defect.changes;
    }
  }
}

TEST(ModelConfig, ReportsAllProblemsAtOnce) {
  const Json config =
      With(Qwen2(), R"({"num_hidden_layers": "six", "hidden_size": 0, "num_key_value_heads": 3,
      "head_dim": 21, "hidden_act": "gelu", "eos_token_id": 40, "rope_theta": 0,
      "rope_scaling": {"rope_type": "longrope"}, "layer_types": ["sliding_attention"]})");
  EXPECT_THAT(ProblemsOf(config),
              UnorderedElementsAre(HasSubstr("num_hidden_layers"), HasSubstr("\"hidden_size\" is 0"),
                                   HasSubstr("a multiple of \"num_key_value_heads\", 3"),
                                   HasSubstr("\"head_dim\" is 21"), HasSubstr("\"gelu\""),
                                   HasSubstr("\"eos_token_id\" holds 40"), HasSubstr("\"rope_theta\" is 0"),
                                   HasSubstr("\"longrope\""), HasSubstr("sliding_attention")));
}

TEST(ModelConfig, CutsLongValuesInItsMessages) {
  const Json config = With(Llama(), "{\"hidden_act\": \"" + std::string(5000, 'x') + "\"}");
  ASSERT_EQ(ProblemsOf(config).size(), 1u);
  EXPECT_LT(ProblemsOf(config)[0].size(), 300u);
}

}  // namespace
}  // namespace rubato
