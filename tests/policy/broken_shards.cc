#include <cmath>

#include "tests/policy/broken_directories.h"

namespace rubato {

namespace {

using Damage = std::function<void(const ModelFixture&)>;

constexpr char kIndex[] = "model.safetensors.index.json";
constexpr char kNorm[] = "model.norm.weight";

Damage Sharded(const Damage& damage) {
  return [=](const ModelFixture& model) {
    model.Shard();
    damage(model);
  };
}

Damage NormIn(const char* json) {
  return Sharded([=](const ModelFixture& model) { model.SetShardOf(kNorm, json); });
}

Damage Index(const char* text) {
  return Sharded([=](const ModelFixture& model) { model.Write(kIndex, text); });
}

}  // namespace

std::vector<BrokenDirectory> BrokenShards() {
  constexpr auto kQwen3 = TinyFamily::kQwen3, kQwen2 = TinyFamily::kQwen2, kLlama = TinyFamily::kLlama;
  return {
      {"ShardIsMissing",
       kQwen3,
       Sharded([](const ModelFixture& m) { m.Remove(m.ShardOf(kNorm)); }),
       {"is missing, model.safetensors.index.json puts"}},
      {"ShardIsCut",
       kQwen2,
       Sharded([](const ModelFixture& m) { m.Cut(m.ShardOf(kNorm), 1); }),
       {"it is cut off"}},
      {"ShardIsALinkToNothing",
       kLlama,
       Sharded([](const ModelFixture& m) { m.Link(m.ShardOf(kNorm), "../../blobs/2"); }),
       {"is a link that leads nowhere"}},
      {"ShardsLackTheirIndex",
       kQwen3,
       Sharded([](const ModelFixture& m) { m.Remove(kIndex); }),
       {"but neither model.safetensors"}},
      {"IndexIsADirectory",
       kQwen2,
       Sharded([](const ModelFixture& m) {
         m.Remove(kIndex);
         m.MakeDirectory(kIndex);
       }),
       {"model.safetensors.index.json: is no file"}},
      {"IndexIsNoJson", kLlama, Index("weight_map"), {"model.safetensors.index.json:1: "}},
      {"IndexIsAList", kQwen3, Index("[]"), {"model.safetensors.index.json: holds a list"}},
      {"IndexHasNoMap",
       kQwen2,
       Index("{\"metadata\": {}}"),
       {"model.safetensors.index.json: has no \"weight_map\""}},
      {"IndexIsEmpty", kLlama, Index("{\"weight_map\": {}}"), {"\"weight_map\" is empty"}},
      {"ShardIsAbove",
       kQwen3,
       NormIn("\"../x.safetensors\""),
       {"puts \"model.norm.weight\" in \"../x.safetensors\", which is no plain file name"}},
      {"ShardIsAbsolute",
       kQwen2,
       NormIn("\"/x.safetensors\""),
       {"in \"/x.safetensors\", which is no plain file name"}},
      {"ShardHasABackslash", kLlama, NormIn(R"("..\\x.safetensors")"), {"which is no plain file name"}},
      {"ShardHasAZeroByte", kQwen3, NormIn(R"("x\u0000.safetensors")"), {"which is no plain file name"}},
      {"ShardIsANumber", kQwen2, NormIn("1"), {"in a whole number, a file name is needed"}},
      {"ShardIsPickle", kLlama, NormIn("\"pytorch_model.bin\""), {"pickle is never opened"}},
      {"IndexPutsATensorElsewhere",
       kQwen3,
       NormIn("\"model-00001-of-00005.safetensors\""),
       {"puts \"model.norm.weight\" in model-00001-of-00005.safetensors, which does not hold it"}},
      {"IndexLacksATensor",
       kQwen2,
       Sharded([](const ModelFixture& m) {
         m.Replace(kIndex, "\"model.norm.weight\"", "\"model.layers.0.mlp.up_proj.weight_\"");
       }),
       {"which does not hold it", "\"weight_map\" lacks \"model.norm.weight\""}},
      {"TensorIsInTwoShards",
       kLlama,
       Sharded([](const ModelFixture& m) {
         const std::string last = m.ShardOf(kNorm);
         m.Write("model-00009-of-00009.safetensors", m.Read(last));
         m.SetShardOf("model.layers.2.self_attn.v_proj.weight", "\"model-00009-of-00009.safetensors\"");
       }),
       {"model-00009-of-00009.safetensors holds what another shard holds, too"}},
  };
}

std::vector<BrokenDirectory> BrokenTwice() {
  constexpr auto kQwen3 = TinyFamily::kQwen3, kQwen2 = TinyFamily::kQwen2, kLlama = TinyFamily::kLlama;
  return {
      {"ConfigAndWeights",
       kQwen3,
       [](const ModelFixture& m) {
         m.SetConfig("hidden_act", "\"relu\"");
         m.Cut("model.safetensors", 7);
       },
       {"\"hidden_act\" is \"relu\"", "it is cut off"}},
      {"NoConfigAtAllAndNaN",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetWeight(kNorm, 0, std::nanf(""));
         m.Write("config.json", "{");
       },
       {"config.json:1: ", "\"model.norm.weight\" holds nan at element 0"}},
      {"ShardAndToken",
       kLlama,
       Sharded([](const ModelFixture& m) {
         m.Remove(m.ShardOf(kNorm));
         m.Replace("tokenizer.json", "28", "37");
       }),
       {"is missing, model.safetensors.index.json puts", "token \"z\" has the id 37"}},
      {"ShardAndTensorOfAnother",
       kQwen3,
       Sharded([](const ModelFixture& m) {
         m.Remove(m.ShardOf(kNorm));
         m.ReplaceInHeader("model-00001-of-00005.safetensors", "[37,36]", "[36,37]");
       }),
       {"is missing, model.safetensors.index.json puts",
        "has shape [36, 37], config.json makes it [37, 36]"}},
      {"QuantizedAndPickle",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetConfig("quantization_config", R"({"quant_method": "awq"})");
         m.Rename("model.safetensors", "pytorch_model-00001-of-00001.bin");
       },
       {"\"quantization_config\"", "is pickle"}},
      {"SamplingAndMissingTensor",
       kLlama,
       [](const ModelFixture& m) {
         m.Set("generation_config.json", "temperature", "\"hot\"");
         m.RemoveTensor(kNorm);
       },
       {"\"temperature\"", "\"model.norm.weight\" [36] is missing"}},
      {"RopeAndChatTemplate",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetConfig("rope_scaling", R"({"type": "dynamic", "factor": 2.0})");
         m.Write("chat_template.jinja", "{{ messages");
       },
       {"\"dynamic\"", "chat_template.jinja"}},
      {"TwoTensors",
       kQwen3,
       [](const ModelFixture& m) {
         m.SetWeight("model.layers.0.input_layernorm.weight", 35, std::nanf(""));
         m.RemoveTensor("model.layers.2.post_attention_layernorm.weight");
       },
       {"\"model.layers.2.post_attention_layernorm.weight\" [36] is missing",
        "\"model.layers.0.input_layernorm.weight\" holds nan at element 35"}},
  };
}

}  // namespace rubato
