#include "policy/model_config.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "common/concat.h"

namespace rubato {

namespace {

// What a family does that its config.json does not say.
struct Family {
  std::string_view architecture;
  bool qk_norm;
  bool qkv_bias;
};

// Another family that differs by these alone is one more line.
constexpr Family kFamilies[] = {{.architecture = "Qwen3ForCausalLM", .qk_norm = true, .qkv_bias = false}};

// Bounds that no model reaches, so that products of sizes fit into 64 bits.
constexpr int64_t kMostLayers = 1 << 12;
constexpr int64_t kWidest = 1 << 20;
constexpr int64_t kMostTokens = 1 << 24;

// Reads keys of one file and collects what is wrong with them.
class Reader {
 public:
  Reader(const Json& config, Problems* problems) : config_(config), problems_(problems) {}

  void Add(std::string problem) { problems_->Add(Concat("config.json: ", problem)); }

  // Sizes that are unsound come out as 0, so that nothing more is said about what depends on them.
  int Size(std::string_view key, int64_t most) {
    const absl::StatusOr<int64_t> value = config_.GetInt(key);
    return Checked(key, value, most);
  }

  int SizeOr(std::string_view key, int64_t otherwise, int64_t most) {
    return Checked(key, config_.GetIntOr(key, otherwise), most);
  }

  double Positive(const Json& object, std::string_view key, double otherwise) {
    const absl::StatusOr<double> value = object.GetDoubleOr(key, otherwise);
    if (!value.ok()) {
      Add(std::string(value.status().message()));
    } else if (!std::isfinite(*value) || *value <= 0) {
      Add(Concat("\"", key, "\" is ", *value, ", a positive number is needed"));
    } else {
      return *value;
    }
    return 1;
  }

  bool BoolOr(std::string_view key, bool otherwise) {
    const absl::StatusOr<bool> value = config_.GetBoolOr(key, otherwise);
    if (!value.ok()) Add(std::string(value.status().message()));
    return value.value_or(otherwise);
  }

  // Complains unless the key is absent, null or holds `text`.
  void OnlyText(const Json& object, std::string_view key, std::string_view text, std::string_view remedy) {
    const absl::StatusOr<std::string> value = object.GetStringOr(key, std::string(text));
    if (!value.ok()) {
      Add(std::string(value.status().message()));
    } else if (*value != text) {
      Add(Concat("\"", key, "\" is \"", *value, "\", only \"", text, "\" is supported; ", remedy));
    }
  }

 private:
  int Checked(std::string_view key, const absl::StatusOr<int64_t>& value, int64_t most) {
    if (!value.ok()) {
      Add(std::string(value.status().message()));
    } else if (*value < 1 || *value > most) {
      Add(Concat("\"", key, "\" is ", *value, ", 1 to ", most, " is possible"));
    } else {
      return static_cast<int>(*value);
    }
    return 0;
  }

  const Json& config_;
  Problems* problems_;
};

const Family* FindFamily(const Json& config, Reader* reader) {
  const Json* list = config.Find("architectures");
  const std::string name =
      list != nullptr && !list->array().empty() ? list->array()[0].AsString().value_or("") : "";
  for (const Family& family : kFamilies) {
    if (family.architecture == name) return &family;
  }
  reader->Add(Concat("\"architectures\" names ", name.empty() ? "no model class" : Concat("\"", name, "\""),
                     ", only \"Qwen3ForCausalLM\" is supported; choose a dense Qwen3 model"));
  return nullptr;
}

double ReadRopeTheta(const Json& config, Reader* reader) {
  constexpr std::string_view kRemedy = "choose a model without RoPE scaling";
  const Json* scaling = config.Find("rope_scaling");
  if (scaling != nullptr && scaling->is_object()) {
    reader->OnlyText(*scaling, scaling->Find("type") != nullptr ? "type" : "rope_type", "default", kRemedy);
  }
  // transformers 5 moved the key.
  const Json* parameters = config.Find("rope_parameters");
  if (parameters == nullptr || !parameters->is_object()) return reader->Positive(config, "rope_theta", 10000);
  reader->OnlyText(*parameters, "rope_type", "default", kRemedy);
  return reader->Positive(*parameters, "rope_theta", 10000);
}

void RefuseWhatWeDoNotCompute(const Json& config, Reader* reader) {
  reader->OnlyText(config, "hidden_act", "silu", "choose a model with a SwiGLU feed-forward layer");
  if (reader->BoolOr("attention_bias", false)) {
    reader->Add("\"attention_bias\" is true, biases are not supported; choose a model without them");
  }
  if (reader->BoolOr("use_sliding_window", false)) {
    reader->Add("\"use_sliding_window\" is true, only full attention is supported; set it to false");
  }
  const Json* kinds = config.Find("layer_types");
  if (kinds == nullptr) return;
  for (const Json& kind : kinds->array()) {
    if (kind.AsString().value_or("") == "full_attention") continue;
    reader->Add(Concat("\"layer_types\" holds ", kind.Dump(), ", only \"full_attention\" is supported"));
  }
}

void CheckHeads(const ModelConfig& config, Reader* reader) {
  if (config.kv_heads != 0 && config.heads % config.kv_heads != 0) {
    reader->Add(Concat("\"num_attention_heads\" is ", config.heads,
                       ", not a multiple of \"num_key_value_heads\", ", config.kv_heads));
  }
  if (config.head_dim % 16 != 0) {
    reader->Add(Concat("\"head_dim\" is ", config.head_dim, ", only multiples of 16 are supported"));
  }
}

// eos_token_id of either file: absent, null, a number, or a list of numbers.
void ReadEndTokens(const Json& value, std::string_view file, int vocab, std::vector<int32_t>* ids,
                   Problems* problems) {
  const Json::Array one = {value};
  for (const Json& entry : value.is_array() ? value.array() : one) {
    const absl::StatusOr<int64_t> id = entry.AsInt();
    if (!id.ok() || *id < 0 || (vocab != 0 && *id >= vocab)) {
      problems->Add(Concat(file, ": \"eos_token_id\" holds ", entry.Dump(),
                           ", a token id below \"vocab_size\", ", vocab, ", is needed"));
    } else {
      ids->push_back(static_cast<int32_t>(*id));
    }
  }
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
}

void FindEndTokens(const Json& config, const Json* generation, ModelConfig* result, Problems* problems) {
  const Json* value = generation == nullptr ? nullptr : generation->Find("eos_token_id");
  const bool from_generation = value != nullptr && !value->is_null();
  if (!from_generation) value = config.Find("eos_token_id");
  if (value == nullptr || value->is_null()) return;
  ReadEndTokens(*value, from_generation ? "generation_config.json" : "config.json", result->vocab,
                &result->end_token_ids, problems);
}

}  // namespace

bool ModelConfig::IsEndToken(int32_t id) const {
  return std::binary_search(end_token_ids.begin(), end_token_ids.end(), id);
}

ModelConfig ParseModelConfig(const Json& config, const Json* generation, Problems* problems) {
  Reader reader(config, problems);
  ModelConfig result;
  if (const Family* family = FindFamily(config, &reader); family != nullptr) {
    result.architecture = std::string(family->architecture);
    result.qk_norm = family->qk_norm;
    result.qkv_bias = family->qkv_bias;
  }
  result.layers = reader.Size("num_hidden_layers", kMostLayers);
  result.hidden = reader.Size("hidden_size", kWidest);
  result.heads = reader.Size("num_attention_heads", kMostLayers);
  result.kv_heads = reader.SizeOr("num_key_value_heads", std::max(1, result.heads), kMostLayers);
  const int even_share = result.hidden / std::max(1, result.heads);
  result.head_dim = reader.SizeOr("head_dim", even_share == 0 ? 16 : even_share, kWidest);
  result.ffn = reader.Size("intermediate_size", kWidest);
  result.vocab = reader.Size("vocab_size", kMostTokens);
  result.max_positions = reader.Size("max_position_embeddings", kMostTokens);
  result.rope.theta = ReadRopeTheta(config, &reader);
  result.rms_norm_eps = static_cast<float>(reader.Positive(config, "rms_norm_eps", 1e-6));
  result.tied_embeddings = reader.BoolOr("tie_word_embeddings", false);
  RefuseWhatWeDoNotCompute(config, &reader);
  CheckHeads(result, &reader);
  FindEndTokens(config, generation, &result, problems);
  return result;
}

}  // namespace rubato
