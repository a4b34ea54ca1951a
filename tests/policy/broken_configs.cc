#include "tests/policy/broken_directories.h"

namespace rubato {

namespace {

using Damage = std::function<void(const ModelFixture&)>;

constexpr char kConfig[] = "config.json";
constexpr char kGeneration[] = "generation_config.json";

Damage Set(const char* key, const char* value) {
  return [=](const ModelFixture& model) { model.SetConfig(key, value); };
}

Damage SetRope(const char* value) { return Set("rope_scaling", value); }

Damage Generation(const char* text) {
  return [=](const ModelFixture& model) { model.Write(kGeneration, text); };
}

Damage Config(const std::string& text) {
  return [=](const ModelFixture& model) { model.Write(kConfig, text); };
}

std::string Nested(int depth) {
  return "{\"a\": " + std::string(static_cast<size_t>(depth), '[') +
         std::string(static_cast<size_t>(depth), ']') + "}";
}

}  // namespace

std::vector<BrokenDirectory> BrokenConfigs() {
  constexpr auto kQwen3 = TinyFamily::kQwen3, kQwen2 = TinyFamily::kQwen2, kLlama = TinyFamily::kLlama;
  return {
      // The file.
      {"ConfigIsAbsent", kQwen3, [](const ModelFixture& m) { m.Remove(kConfig); }, {"no config.json there"}},
      {"ConfigIsADirectory",
       kQwen2,
       [](const ModelFixture& m) {
         m.Remove(kConfig);
         m.MakeDirectory(kConfig);
       },
       {"config.json: is a directory"}},
      {"ConfigIsALinkToNothing",
       kLlama,
       [](const ModelFixture& m) { m.Link(kConfig, "../../blobs/0"); },
       {"config.json: is a link that leads nowhere"}},
      {"ConfigIsEmpty", kQwen3, Config(""), {"config.json:1: "}},
      {"ConfigIsAList", kQwen2, Config("[]"), {"config.json: holds a list, an object is needed"}},
      {"ConfigIsCut", kLlama, [](const ModelFixture& m) { m.Cut(kConfig, 20); }, {"config.json:"}},
      {"ConfigHasAKeyTwice",
       kQwen3,
       [](const ModelFixture& m) { m.Replace(kConfig, "{", "{\"hidden_size\": 36,"); },
       {"\"hidden_size\" is there twice"}},
      {"ConfigHasNaN",
       kQwen2,
       [](const ModelFixture& m) { m.Replace(kConfig, "10000.0", "NaN"); },
       {"config.json:"}},
      {"ConfigHasAByteOrderMark",
       kLlama,
       [](const ModelFixture& m) { m.Write(kConfig, "\xef\xbb\xbf" + m.Read(kConfig)); },
       {"config.json:1: begins with a byte order mark"}},
      {"ConfigIsNestedTooDeep", kQwen3, Config(Nested(100'000)), {"config.json:1: "}},
      {"ConfigIsNotUtf8",
       kQwen2,
       [](const ModelFixture& m) { m.Replace(kConfig, "silu", "sil\xff"); },
       {"config.json:"}},
      {"ConfigIsTooLarge",
       kLlama,
       [](const ModelFixture& m) { m.Write(kConfig, std::string((64 << 20) + 1, ' ')); },
       {"config.json: has 67108865 bytes"}},
      {"GenerationConfigIsAPipe",
       kQwen2,
       [](const ModelFixture& m) { m.MakePipe(kGeneration); },
       {"generation_config.json: is no regular file"}},
      // What the model is.
      {"ArchitectureIsAnother",
       kQwen3,
       Set("architectures", R"(["MistralForCausalLM"])"),
       {"\"architectures\" names \"MistralForCausalLM\""}},
      {"ArchitectureIsOfNoCausalModel",
       kQwen2,
       Set("architectures", R"(["Qwen2ForSequenceClassification"])"),
       {"\"Qwen2ForSequenceClassification\""}},
      {"ModelTypeIsAnotherFamily", kLlama, Set("model_type", "\"qwen3\""), {"\"model_type\" is \"qwen3\""}},
      {"ActivationIsAnother", kQwen2, Set("hidden_act", "\"gelu\""), {"\"hidden_act\" is \"gelu\""}},
      {"CodeComesWithIt",
       kQwen3,
       Set("auto_map", R"({"AutoModelForCausalLM": "modeling_x.XForCausalLM"})"),
       {"\"auto_map\" is {\"AutoModelForCausalLM\""}},
      {"WeightsAreQuantized",
       kQwen2,
       Set("quantization_config", R"({"quant_method": "gptq", "bits": 4})"),
       {"\"quantization_config\" is {"}},
      {"DtypeIsAnInteger", kLlama, Set("torch_dtype", "\"int8\""), {"\"torch_dtype\""}},
      {"ItIsAnEncoder", kQwen2, Set("is_encoder_decoder", "true"), {"\"is_encoder_decoder\" is true"}},
      // Sizes.
      {"HiddenSizeIsAbsent",
       kQwen3,
       [](const ModelFixture& m) { m.Erase(kConfig, "hidden_size"); },
       {"\"hidden_size\""}},
      {"LayersAreText", kQwen2, Set("num_hidden_layers", "\"3\""), {"\"num_hidden_layers\""}},
      {"FeedForwardIsAFraction", kLlama, Set("intermediate_size", "52.5"), {"\"intermediate_size\""}},
      {"VocabIsNegative", kQwen3, Set("vocab_size", "-37"), {"\"vocab_size\""}},
      {"HiddenSizeIsHuge", kQwen2, Set("hidden_size", "1000000000000000000"), {"\"hidden_size\""}},
      {"LayersAreAboveInt64",
       kLlama,
       Set("num_hidden_layers", "18446744073709551615"),
       {"\"num_hidden_layers\""}},
      {"PositionsAreNone", kQwen3, Set("max_position_embeddings", "0"), {"\"max_position_embeddings\""}},
      {"HeadsAreNull", kLlama, Set("num_attention_heads", "null"), {"\"num_attention_heads\""}},
      {"HeadsDoNotDivide",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetConfig("num_key_value_heads", "3");
         m.Remove("model.safetensors");  // its tensors would have other shapes, too
       },
       {"\"num_key_value_heads\"", "weights: there are none"}},
      {"HeadSizeIsOdd",
       kQwen3,
       [](const ModelFixture& m) {
         m.SetConfig("head_dim", "15");
         m.Remove("model.safetensors");
       },
       {"\"head_dim\" is 15", "weights: there are none"}},
      {"HeadsTimesTheirSizeOverflow",
       kLlama,
       [](const ModelFixture& m) {
         m.SetConfig("num_attention_heads", "4096");
         m.SetConfig("head_dim", "1048576");
       },
       {"\"num_attention_heads\" times \"head_dim\""}},
      {"NormEpsilonIsNone", kQwen2, Set("rms_norm_eps", "0"), {"\"rms_norm_eps\""}},
      {"TyingIsText", kQwen3, Set("tie_word_embeddings", "\"true\""), {"\"tie_word_embeddings\""}},
      // Windows.
      {"WindowIsUsed",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetConfig("use_sliding_window", "true");
         m.SetConfig("sliding_window", "128");
       },
       {"\"use_sliding_window\" is true"}},
      {"ALayerHasAWindow",
       kQwen3,
       Set("layer_types", R"(["full_attention", "sliding_attention", "full_attention"])"),
       {"\"layer_types\" holds \"sliding_attention\""}},
      {"LayerTypesAreTooFew", kLlama, Set("layer_types", R"(["full_attention"])"), {"\"layer_types\" has 1"}},
      // RoPE.
      {"RopeIsDynamic", kQwen3, SetRope(R"({"type": "dynamic", "factor": 2.0})"), {"\"dynamic\""}},
      {"RopeIsLong",
       kQwen2,
       SetRope(R"({"rope_type": "longrope", "long_factor": [1.0], "short_factor": [1.0]})"),
       {"\"longrope\""}},
      {"RopeIsForPictures",
       kQwen2,
       SetRope(R"({"type": "mrope", "mrope_section": [2, 3, 4]})"),
       {"\"mrope\"", "mrope_section"}},
      {"RopeIsPartial", kLlama, Set("partial_rotary_factor", "0.5"), {"\"partial_rotary_factor\" is 0.5"}},
      {"RopeIsUnknown", kLlama, SetRope(R"({"rope_type": "spiral"})"), {"\"spiral\""}},
      {"RopeIsText", kQwen3, SetRope("\"linear\""), {"\"rope_scaling\""}},
      {"LinearRopeLacksItsFactor", kQwen2, SetRope(R"({"type": "linear"})"), {"factor"}},
      {"LinearRopeShrinks", kLlama, SetRope(R"({"type": "linear", "factor": 0.5})"), {"factor"}},
      {"YarnsAttentionIsNegative",
       kQwen3,
       SetRope(R"({"type": "yarn", "factor": 4.0, "attention_factor": -1})"),
       {"attention_factor"}},
      {"YarnsRampIsUpsideDown",
       kQwen2,
       SetRope(R"({"rope_type": "yarn", "factor": 4.0, "beta_fast": 1, "beta_slow": 32})"),
       {"beta_fast"}},
      {"Llama3LacksAFrequency",
       kLlama,
       SetRope(R"({"rope_type": "llama3", "factor": 8.0, "high_freq_factor": 4.0})"),
       {"low_freq_factor"}},
      {"Llama3FrequenciesAreSwapped",
       kLlama,
       SetRope(R"({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 4.0, "high_freq_factor": 1.0})"),
       {"high_freq_factor"}},
      {"RopeHasTwoKinds",
       kQwen3,
       SetRope(R"({"rope_type": "linear", "type": "yarn", "factor": 2.0})"),
       {"remove the one that is wrong"}},
      {"RopeThetaIsNegative", kQwen2, Set("rope_theta", "-10000.0"), {"\"rope_theta\""}},
      // Tokens and sampling.
      {"EndTokenIsBeyondTheTable", kQwen3, Set("eos_token_id", "37"), {"\"eos_token_id\""}},
      {"EndTokensHoldText", kQwen2, Set("eos_token_id", "[2, \"</s>\"]"), {"\"eos_token_id\""}},
      {"GenerationConfigIsNoJson", kLlama, Generation("{'temperature': 1}"), {"generation_config.json:1: "}},
      {"GenerationConfigIsAList", kQwen3, Generation("[1]"), {"generation_config.json: holds a list"}},
      {"TemperatureIsNegative", kQwen2, Generation(R"({"temperature": -1.0})"), {"\"temperature\""}},
      {"TopPIsAboveOne", kLlama, Generation(R"({"top_p": 1.5})"), {"\"top_p\""}},
      {"TopKIsAFraction", kLlama, Generation(R"({"top_k": 1.5})"), {"\"top_k\""}},
      {"GenerationEndsBeyondTheTable",
       kQwen3,
       Generation(R"({"eos_token_id": [2, 99]})"),
       {"generation_config.json: \"eos_token_id\""}},
  };
}

}  // namespace rubato
