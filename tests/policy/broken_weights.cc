#include <cmath>
#include <limits>

#include "tests/policy/broken_directories.h"

namespace rubato {

namespace {

constexpr char kWeights[] = "model.safetensors";

std::function<void(const ModelFixture&)> Instead(const char* name, const char* bytes = "x") {
  return [=](const ModelFixture& model) {
    model.Remove(kWeights);
    model.Write(name, bytes);
  };
}

}  // namespace

std::vector<BrokenDirectory> BrokenWeights() {
  constexpr auto kQwen3 = TinyFamily::kQwen3, kQwen2 = TinyFamily::kQwen2, kLlama = TinyFamily::kLlama;
  return {
      // Other things than weights.
      {"NoWeights", kQwen3, [](const ModelFixture& m) { m.Remove(kWeights); }, {"weights: there are none"}},
      {"Pickle",
       kQwen2,
       Instead("pytorch_model.bin"),
       {"\"pytorch_model.bin\" is pickle, which can run code when it is read, and is never opened; save the "
        "model "
        "as safetensors"}},
      {"PickleOfACheckpoint", kLlama, Instead("consolidated.00.pth"), {"\"consolidated.00.pth\" is pickle"}},
      {"Gguf", kQwen3, Instead("model-q4_k_m.gguf", "GGUF"), {"is llama.cpp's format"}},
      {"Adapter", kQwen2, Instead("adapter_config.json", "{}"), {"this is an adapter"}},
      {"AnotherFramework", kLlama, Instead("flax_model.msgpack"), {"belongs to another framework"}},
      {"AnotherFileName",
       kQwen3,
       [](const ModelFixture& m) { m.Rename(kWeights, "consolidated.safetensors"); },
       {"there are \"consolidated.safetensors\", but neither"}},
      // The file.
      {"WeightsAreEmpty", kQwen2, [](const ModelFixture& m) { m.Write(kWeights, ""); }, {"0 bytes"}},
      {"WeightsAreADirectory",
       kLlama,
       [](const ModelFixture& m) {
         m.Remove(kWeights);
         m.MakeDirectory(kWeights);
       },
       {"model.safetensors is not a file"}},
      {"WeightsAreAPipe",
       kQwen2,
       [](const ModelFixture& m) { m.MakePipe(kWeights); },
       {"model.safetensors is not a file"}},
      {"WeightsAreALinkToNothing",
       kQwen3,
       [](const ModelFixture& m) { m.Link(kWeights, "../../blobs/1"); },
       {"is a link that leads nowhere"}},
      {"WeightsAreAPointerOfGitLfs",
       kQwen2,
       [](const ModelFixture& m) { m.Write(kWeights, "version https://git-lfs.github.com/spec/v1\n"); },
       {"the header claims"}},
      {"WeightsAreCutByAByte", kLlama, [](const ModelFixture& m) { m.Cut(kWeights, 1); }, {"it is cut off"}},
      {"WeightsHaveAByteMore",
       kQwen3,
       [](const ModelFixture& m) { m.Write(kWeights, m.Read(kWeights) + "x"); },
       {"it is too long"}},
      {"HeaderIsCut",
       kQwen2,
       [](const ModelFixture& m) { m.Write(kWeights, m.Read(kWeights).substr(0, 100)); },
       {"after its length"}},
      {"HeaderIsEndless",
       kLlama,
       [](const ModelFixture& m) {
         m.Write(kWeights, std::string("\0\0\0\0\0\0\0\x80", 8) + m.Read(kWeights).substr(8));
       },
       {"at most 100000000"}},
      {"HeaderIsNoJson",
       kQwen3,
       [](const ModelFixture& m) { m.ReplaceInHeader(kWeights, "\"dtype\":", "dtype:"); },
       {"of the header"}},
      {"HeaderHasATensorTwice",
       kQwen2,
       [](const ModelFixture& m) {
         m.ReplaceInHeader(kWeights, "layers.1.mlp.up_proj", "layers.0.mlp.up_proj");
       },
       {"is there twice"}},
      {"TensorsOverlap",
       kLlama,
       [](const ModelFixture& m) {
         m.ReplaceInHeader(kWeights, "\"data_offsets\":[0,", "\"data_offsets\":[4,");
       },
       {"data_offsets are [4, "}},
      {"ShapeOverflows",
       kQwen3,
       [](const ModelFixture& m) {
         m.ReplaceInHeader(kWeights, "\"shape\":[", "\"shape\":[4294967296,4294967296,");
       },
       {"overflows"}},
      {"DtypeIsUnknown",
       kQwen2,
       [](const ModelFixture& m) { m.ReplaceInHeader(kWeights, "\"F32\"", "\"FP32\""); },
       {"dtype \"FP32\""}},
      {"MetadataIsNotText",
       kLlama,
       [](const ModelFixture& m) { m.ReplaceInHeader(kWeights, "\"pt\"", "1"); },
       {"\"__metadata__\""}},
      // The tensors.
      {"TensorIsMissing",
       kQwen3,
       [](const ModelFixture& m) { m.RemoveTensor("model.norm.weight"); },
       {"\"model.norm.weight\" [36] is missing"}},
      {"BiasOfQwen2IsMissing",
       kQwen2,
       [](const ModelFixture& m) { m.RemoveTensor("model.layers.1.self_attn.k_proj.bias"); },
       {"\"model.layers.1.self_attn.k_proj.bias\" [36] is missing"}},
      {"TensorIsNotTheModels",
       kLlama,
       [](const ModelFixture& m) {
         ModelConfig config = m.config();
         config.layers = 4;
         config.mlp_bias = true;
         m.WriteWeights(config);
         m.SetConfig("num_hidden_layers", "4");
       },
       {"mlp.down_proj.bias\" [36] is not", "mlp.gate_proj.bias\" [52] is not",
        "mlp.up_proj.bias\" [52] is not", "layers.1.mlp.down_proj.bias\"", "layers.1.mlp.gate_proj.bias\"",
        "layers.1.mlp.up_proj.bias\"", "layers.2.mlp.down_proj.bias\"", "layers.2.mlp.gate_proj.bias\"",
        "layers.2.mlp.up_proj.bias\"", "layers.3.mlp.down_proj.bias\"", "layers.3.mlp.gate_proj.bias\"",
        "layers.3.mlp.up_proj.bias\""}},
      {"TensorIsTransposed",
       kQwen3,
       [](const ModelFixture& m) { m.ReplaceInHeader(kWeights, "\"shape\":[36,52]", "\"shape\":[52,36]"); },
       {"has shape [52, 36], config.json makes it [36, 52]"}},
      {"EmbeddingsAreTooFew",
       kQwen2,
       [](const ModelFixture& m) { m.SetConfig("vocab_size", "38"); },
       {"\"model.embed_tokens.weight\" has shape [37, 72], config.json makes it [38, 72]"}},
      {"HeadIsMissing",
       kLlama,
       [](const ModelFixture& m) { m.RemoveTensor("lm_head.weight"); },
       {"\"lm_head.weight\" [37, 36] is missing, although \"tie_word_embeddings\" in config.json is false"}},
      {"TiedHeadDiffers",
       kQwen3,
       [](const ModelFixture& m) {
         ModelConfig config = m.config();
         config.tied_embeddings = false;
         m.WriteWeights(config);
       },
       {"\"lm_head.weight\" [37, 36] differs from \"model.embed_tokens.weight\""}},
      {"TensorIsOfBytes",
       kQwen2,
       [](const ModelFixture& m) {
         m.ReplaceInHeader(kWeights, "\"F32\"", "\"I8\"");
         m.ReplaceInHeader(kWeights, "\"shape\":[37,72]", "\"shape\":[148,72]");
       },
       {"\"model.embed_tokens.weight\" is stored as I8", "has shape [148, 72]"}},
      {"TensorIsOfFp8",
       kLlama,
       [](const ModelFixture& m) {
         m.ReplaceInHeader(kWeights, "\"F32\",\"shape\":[37,36]", "\"F8_E4M3\",\"shape\":[37,144]");
       },
       {"\"lm_head.weight\" is stored as F8_E4M3", "has shape [37, 144]"}},
      {"WeightIsNaN",
       kQwen3,
       [](const ModelFixture& m) { m.SetWeight("model.norm.weight", 3, std::nanf("")); },
       {"\"model.norm.weight\" holds nan at element 3"}},
      {"WeightIsInfinite",
       kQwen2,
       [](const ModelFixture& m) {
         m.SetWeight("model.layers.2.self_attn.q_proj.bias", 71, -std::numeric_limits<float>::infinity());
       },
       {"\"model.layers.2.self_attn.q_proj.bias\" holds -inf at element 71"}},
  };
}

}  // namespace rubato
