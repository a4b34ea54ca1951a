#include "policy/model_config.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/concat.h"
#include "policy/config_reader.h"
#include "policy/generation_config.h"
#include "policy/rope_config_reader.h"

namespace rubato {

namespace {

constexpr std::string_view kFile = "config.json";

// What a family does that its config.json does not say.
struct Family {
  std::string_view architecture;
  std::string_view model_type;
  bool qk_norm;
  bool always_qkv_bias;  // and never any other
  bool reads_attention_bias;
  bool reads_mlp_bias;
  int head_dim;  // of a config without the key; 0: hidden size / heads
  int kv_heads;  // of a config without the key; 0: as many as heads
};

constexpr Family kFamilies[] = {
    {.architecture = "Qwen3ForCausalLM",
     .model_type = "qwen3",
     .qk_norm = true,
     .always_qkv_bias = false,
     .reads_attention_bias = true,
     .reads_mlp_bias = false,
     .head_dim = 128,
     .kv_heads = 32},
    {.architecture = "Qwen2ForCausalLM",
     .model_type = "qwen2",
     .qk_norm = false,
     .always_qkv_bias = true,
     .reads_attention_bias = false,
     .reads_mlp_bias = false,
     .head_dim = 0,
     .kv_heads = 32},
    {.architecture = "LlamaForCausalLM",
     .model_type = "llama",
     .qk_norm = false,
     .always_qkv_bias = false,
     .reads_attention_bias = true,
     .reads_mlp_bias = true,
     .head_dim = 0,
     .kv_heads = 0},
};

// Bounds that no model reaches, so that products of sizes fit into 64 bits.
constexpr int64_t kMostLayers = 1 << 12;
constexpr int64_t kWidest = 1 << 20;
constexpr int64_t kMostTokens = 1 << 24;

constexpr std::string_view kChoose =
    "choose a dense model of Qwen3ForCausalLM, Qwen2ForCausalLM or LlamaForCausalLM";

const Family* FindFamily(std::string_view Family::*name, std::string_view wanted) {
  for (const Family& family : kFamilies) {
    if (family.*name == wanted) return &family;
  }
  return nullptr;
}

// The first of "architectures"; empty if there is none.  A list that is not one of texts is a problem.
std::optional<std::string> FirstArchitecture(ConfigReader* reader) {
  const Json* list = reader->Find("architectures");
  if (list == nullptr || (list->is_array() && list->array().empty())) return "";
  if (list->is_array() && list->array()[0].is_string()) return *list->array()[0].AsString();
  reader->Refuse("architectures", *list, "a list with one class name");
  return std::nullopt;
}

const Family* ReadFamily(ConfigReader* reader) {
  const std::optional<std::string> architecture = FirstArchitecture(reader);
  const std::optional<std::string> type = reader->TextIfSaid("model_type");
  if (!architecture.has_value()) return nullptr;
  const Family* by_type = type.has_value() ? FindFamily(&Family::model_type, *type) : nullptr;
  if (architecture->empty()) {
    if (by_type == nullptr) {
      reader->Add(Concat("\"architectures\" names no class and \"model_type\" is ",
                         type.has_value() ? ShowValue(Json(*type)) : "absent", "; ", kChoose));
    }
    return by_type;
  }
  const Family* family = FindFamily(&Family::architecture, *architecture);
  if (family == nullptr) {
    reader->Add(Concat("\"architectures\" names ", ShowValue(Json(*architecture)),
                       ", which is not supported; ", kChoose));
  } else if (type.has_value() && by_type != family) {
    reader->Add(Concat("\"model_type\" is ", ShowValue(Json(*type)), ", but \"architectures\" names \"",
                       *architecture, "\"; correct the one that is wrong"));
  }
  return family;
}

void ReadSizes(const Json& json, const Family* family, ConfigReader* reader, ModelConfig* config) {
  config->layers = reader->Size("num_hidden_layers", kMostLayers);
  config->hidden = reader->Size("hidden_size", kWidest);
  config->heads = reader->Size("num_attention_heads", kMostLayers);
  config->ffn = reader->Size("intermediate_size", kWidest);
  config->vocab = reader->Size("vocab_size", kMostTokens);
  config->max_positions = reader->Size("max_position_embeddings", kMostTokens);

  // Where transformers' default cannot be meant, as it does not divide the heads, it is taken for null.
  const bool no_kv_heads = json.Find("num_key_value_heads") == nullptr;
  const int default_kv_heads = no_kv_heads && family != nullptr ? family->kv_heads : 0;
  const bool sound = default_kv_heads != 0 && config->heads % default_kv_heads == 0;
  config->kv_heads = reader->SizeIfSaid("num_key_value_heads", kMostLayers)
                         .value_or(sound ? default_kv_heads : config->heads);

  const bool no_head_dim = json.Find("head_dim") == nullptr;
  const int default_head_dim = no_head_dim && family != nullptr ? family->head_dim : 0;
  const int even_share = config->hidden / std::max(1, config->heads);
  config->head_dim =
      reader->SizeIfSaid("head_dim", kWidest).value_or(default_head_dim != 0 ? default_head_dim : even_share);
}

void CheckHeads(const ModelConfig& config, ConfigReader* reader) {
  if (config.heads == 0) return;
  if (config.kv_heads != 0 && config.heads % config.kv_heads != 0) {
    reader->Add(Concat("\"num_attention_heads\" is ", config.heads,
                       ", a multiple of \"num_key_value_heads\", ", config.kv_heads, ", is needed"));
  }
  const bool shared = reader->Find("head_dim") == nullptr;
  if (shared && config.head_dim == 0 && config.hidden != 0) {
    reader->Add(Concat("\"hidden_size\" is ", config.hidden, ", at least \"num_attention_heads\", ",
                       config.heads, ", is needed"));
  } else if (config.head_dim % 2 != 0) {
    reader->Add(Concat("\"head_dim\" is ", config.head_dim,
                       shared ? " (hidden_size / num_attention_heads)" : "",
                       ", an even number is needed, as RoPE turns pairs"));
  } else if (int64_t{config.heads} * config.head_dim > kWidest) {
    reader->Add(Concat("\"num_attention_heads\" times \"head_dim\" is ", config.heads, " times ",
                       config.head_dim, ", ", kWidest, " is the most"));
  }
}

void ReadBiases(const Family* family, ConfigReader* reader, ModelConfig* config) {
  const bool attention = reader->BoolOr("attention_bias", false);
  const bool mlp = reader->BoolOr("mlp_bias", false);
  if (family == nullptr) return;
  config->qkv_bias = family->always_qkv_bias || (family->reads_attention_bias && attention);
  config->o_bias = family->reads_attention_bias && attention;
  config->mlp_bias = family->reads_mlp_bias && mlp;
}

std::string ReadDtype(ConfigReader* reader) {
  const std::string_view key = reader->Find("dtype") != nullptr ? "dtype" : "torch_dtype";
  const std::optional<std::string> name = reader->TextIfSaid(key);
  if (!name.has_value()) return "";
  if (*name == "half") return "float16";
  if (*name == "float") return "float32";
  if (*name == "bfloat16" || *name == "float16" || *name == "float32") return *name;
  reader->Refuse(key, Json(*name), "\"bfloat16\", \"float16\" or \"float32\"");
  return "";
}

// What every layer does stands in layer_types; if that is absent, a window may hide behind two other keys.
void RefuseWindows(const Json& json, int layers, ConfigReader* reader) {
  const bool windowed = reader->BoolOr("use_sliding_window", false);
  const Json* kinds = reader->Find("layer_types");
  if (kinds == nullptr) {
    const Json* window = json.Find("sliding_window");
    if (!windowed || (window != nullptr && window->is_null())) return;
    return reader->Add(
        Concat("\"use_sliding_window\" is true, with \"sliding_window\" ",
               window == nullptr ? "absent" : ShowValue(*window),
               ", but only full attention is supported; set it to false if no layer has a window"));
  }
  if (!kinds->is_array()) return reader->Refuse("layer_types", *kinds, "a list");
  for (const Json& kind : kinds->array()) {
    const std::string name = kind.AsString().value_or("");
    if (name == "full_attention" || name == "attention") continue;  // the second is an older spelling
    reader->Add(Concat("\"layer_types\" holds ", ShowValue(kind),
                       ", but only \"full_attention\" is supported; choose a model without windows"));
  }
  if (layers != 0 && kinds->array().size() != static_cast<size_t>(layers)) {
    reader->Add(Concat("\"layer_types\" has ", kinds->array().size(), " entries, one for each of \"",
                       "num_hidden_layers\", ", layers, ", is needed"));
  }
}

void RefuseWhatWeDoNotCompute(ConfigReader* reader) {
  const std::string activation = reader->TextIfSaid("hidden_act").value_or("silu");
  if (activation != "silu" && activation != "swish") {  // two names of one function
    reader->Add(Concat("\"hidden_act\" is ", ShowValue(Json(activation)),
                       ", but only \"silu\" is supported; choose a model with a SwiGLU feed-forward layer"));
  }
  for (const std::string_view key : {"quantization_config", "compression_config"}) {
    if (reader->Find(key) == nullptr) continue;
    reader->Add(Concat("\"", key, "\" is ", ShowValue(*reader->Find(key)),
                       ", but quantized weights are not supported; take the model's bfloat16 release, or ",
                       "dequantize it and save it again"));
  }
  const Json* code = reader->Find("auto_map");
  if (code != nullptr && !(code->is_object() && code->object().empty())) {
    reader->Add(
        Concat("\"auto_map\" is ", ShowValue(*code),
               ", but code that comes with a model is never run; if the weights are those of the class ",
               "in \"architectures\", remove \"auto_map\" and the .py files"));
  }
  if (reader->BoolOr("is_encoder_decoder", false)) {
    reader->Add("\"is_encoder_decoder\" is true, but only decoders are supported; choose a causal model");
  }
}

void ReadTokens(const Json* generation, ConfigReader* reader, ModelConfig* config, Problems* problems) {
  reader->CheckTokenId("bos_token_id", config->vocab);
  reader->CheckTokenId("pad_token_id", config->vocab);
  config->end_token_ids = reader->TokenIds("eos_token_id", config->vocab);
  if (generation == nullptr) return;
  const GenerationConfig sampling = ParseGenerationConfig(*generation, config->vocab, problems);
  if (!sampling.end_token_ids.empty()) config->end_token_ids = sampling.end_token_ids;
}

}  // namespace

bool ModelConfig::IsEndToken(int32_t id) const {
  return std::binary_search(end_token_ids.begin(), end_token_ids.end(), id);
}

ModelConfig ParseModelConfig(const Json& json, const Json* generation, Problems* problems) {
  ConfigReader reader(kFile, "", json, problems);
  ModelConfig config;
  const Family* family = ReadFamily(&reader);
  if (family != nullptr) {
    config.architecture = std::string(family->architecture);
    config.qk_norm = family->qk_norm;
  }
  ReadSizes(json, family, &reader, &config);
  CheckHeads(config, &reader);
  ReadBiases(family, &reader, &config);
  config.rope = ReadRopeConfig(json, config.max_positions, problems);
  config.rms_norm_eps = static_cast<float>(reader.NumberAbove("rms_norm_eps", 0).value_or(1e-6));
  config.tied_embeddings = reader.BoolOr("tie_word_embeddings", false);
  config.dtype = ReadDtype(&reader);
  RefuseWindows(json, config.layers, &reader);
  RefuseWhatWeDoNotCompute(&reader);
  ReadTokens(generation, &reader, &config, problems);
  return config;
}

}  // namespace rubato
