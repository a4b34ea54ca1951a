#include "tests/policy/model_fixture.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "common/bytes.h"
#include "common/concat.h"
#include "policy/model_directory.h"
#include "policy/safetensors.h"
#include "tests/policy/tiny_model.h"

namespace rubato {

namespace {

constexpr char kWeights[] = "model.safetensors";
constexpr char kIndex[] = "model.safetensors.index.json";

ModelConfig ConfigOf(TinyFamily family) {
  switch (family) {
    case TinyFamily::kQwen3:
      return TinyModelConfig();
    case TinyFamily::kQwen2:
      return TinyQwen2Config();
    default:
      return TinyLlamaConfig();
  }
}

std::string ModelTypeOf(TinyFamily family) {
  switch (family) {
    case TinyFamily::kQwen3:
      return "qwen3";
    case TinyFamily::kQwen2:
      return "qwen2";
    default:
      return "llama";
  }
}

Json ConfigJson(TinyFamily family, const ModelConfig& config) {
  Json json;
  json.Set("architectures", Json::Array{Json(config.architecture)});
  json.Set("model_type", ModelTypeOf(family));
  json.Set("num_hidden_layers", config.layers);
  json.Set("hidden_size", config.hidden);
  json.Set("num_attention_heads", config.heads);
  json.Set("num_key_value_heads", config.kv_heads);
  json.Set("head_dim", config.head_dim);
  json.Set("intermediate_size", config.ffn);
  json.Set("vocab_size", config.vocab);
  json.Set("max_position_embeddings", config.max_positions);
  json.Set("hidden_act", "silu");
  json.Set("rms_norm_eps", 1e-6);
  json.Set("tie_word_embeddings", config.tied_embeddings);
  json.Set("torch_dtype", "float32");
  json.Set("bos_token_id", 1);
  json.Set("eos_token_id", 2);
  if (config.rope.kind == RopeKind::kLlama3) {
    json.Set("rope_theta", config.rope.theta);
    json.Set("rope_scaling", *Json::Parse(R"({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 64})"));
  } else {
    json.Set("rope_theta", 10000.0);
  }
  json.Set("attention_bias", config.o_bias);
  json.Set("mlp_bias", config.mlp_bias);
  return json;
}

// Words of one letter, "a" to "z", and the usual special tokens.
std::string TokenizerText() {
  Json vocab, model, split;
  for (int i = 0; i < 3; ++i) vocab.Set(Concat("<", i, ">"), i);
  for (char letter = 'a'; letter <= 'z'; ++letter) vocab.Set(std::string(1, letter), 3 + letter - 'a');
  model.Set("type", "WordLevel");
  model.Set("vocab", std::move(vocab));
  model.Set("unk_token", "<0>");
  split.Set("type", "Whitespace");
  Json json, special;
  special.Set("id", 2);
  special.Set("content", "<2>");
  for (const char* key : {"single_word", "lstrip", "rstrip", "normalized"}) special.Set(key, false);
  special.Set("special", true);
  json.Set("version", "1.0");
  for (const char* key : {"truncation", "padding", "normalizer", "post_processor", "decoder"})
    json.Set(key, Json());
  json.Set("added_tokens", Json::Array{special});
  json.Set("pre_tokenizer", std::move(split));
  json.Set("model", std::move(model));
  return json.Pretty();
}

constexpr char kTemplate[] = "{% for m in messages %}{{ m['role'] }} {{ m['content'] }}{% endfor %}";

}  // namespace

ModelFixture::ModelFixture(std::string path, TinyFamily family)
    : path_(std::move(path)), config_(ConfigOf(family)) {
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
  WriteJson("config.json", ConfigJson(family, config_));
  Write("generation_config.json",
        R"({"bos_token_id": 1, "eos_token_id": [2], "temperature": 0.7, "top_p": 0.9})");
  Write("tokenizer.json", TokenizerText());
  Json tokenizer;
  tokenizer.Set("eos_token", "<2>");
  tokenizer.Set("chat_template", kTemplate);
  WriteJson("tokenizer_config.json", tokenizer);
  // Written with every guarantee once, then copied.
  static std::map<TinyFamily, std::string>& weights = *new std::map<TinyFamily, std::string>;
  if (const auto known = weights.find(family); known != weights.end()) {
    Write(kWeights, known->second);
  } else {
    WriteWeights(config_);
    weights[family] = Read(kWeights);
  }
}

std::string ModelFixture::Path(const std::string& name) const { return Concat(path_, "/", name); }

void ModelFixture::Write(const std::string& name, std::string_view bytes) const {
  std::ofstream(Path(name), std::ios::binary) << bytes;
}

std::string ModelFixture::Read(const std::string& name) const {
  std::ifstream file(Path(name), std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

void ModelFixture::Remove(const std::string& name) const { std::filesystem::remove(Path(name)); }

void ModelFixture::Rename(const std::string& from, const std::string& to) const {
  std::filesystem::rename(Path(from), Path(to));
}

void ModelFixture::MakeDirectory(const std::string& name) const {
  std::filesystem::create_directories(Path(name));
}

void ModelFixture::MakePipe(const std::string& name) const {
  std::filesystem::remove(Path(name));
  ASSERT_EQ(mkfifo(Path(name).c_str(), 0600), 0);
}

void ModelFixture::Link(const std::string& name, const std::string& to) const {
  std::filesystem::remove(Path(name));
  std::filesystem::create_symlink(to, Path(name));
}

void ModelFixture::Replace(const std::string& name, std::string_view from, std::string_view to) const {
  std::string text = Read(name);
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << name << " has no " << from;
  Write(name, text.replace(at, from.size(), to));
}

void ModelFixture::Cut(const std::string& name, size_t bytes) const {
  const std::string text = Read(name);
  Write(name, text.substr(0, text.size() - bytes));
}

Json ModelFixture::ReadJson(const std::string& name) const { return *Json::Parse(Read(name), name); }
void ModelFixture::WriteJson(const std::string& name, const Json& json) const { Write(name, json.Pretty()); }

void ModelFixture::Set(const std::string& file, const std::string& key, std::string_view value) const {
  Json json = ReadJson(file);
  json.Set(key, *Json::Parse(value));
  WriteJson(file, json);
}

void ModelFixture::Erase(const std::string& file, const std::string& key) const {
  const Json json = ReadJson(file);
  Json::Object members = json.object();
  ASSERT_EQ(members.erase(key), 1u) << key;
  WriteJson(file, Json(std::move(members)));
}

void ModelFixture::WriteWeights(const ModelConfig& config, SafetensorsType type) const {
  const absl::Status written =
      WriteModelDirectory(path_, *ReadModelFiles(path_), SlabLayout(config), RandomSlab(config, 5), type);
  ASSERT_TRUE(written.ok()) << written;
}

void ModelFixture::Shard() const {
  const absl::Status written = WriteModelDirectory(path_, *ReadModelFiles(path_), SlabLayout(config_),
                                                   RandomSlab(config_, 5), SafetensorsType::kF32, 40'000);
  ASSERT_TRUE(written.ok()) << written;
}

std::string ModelFixture::ShardOf(const std::string& tensor) const {
  return *ReadJson(kIndex).Find("weight_map")->GetString(tensor);
}

void ModelFixture::SetShardOf(const std::string& tensor, std::string_view json) const {
  Json index = ReadJson(kIndex);
  Json map = *index.Find("weight_map");
  map.Set(tensor, *Json::Parse(json));
  index.Set("weight_map", std::move(map));
  WriteJson(kIndex, index);
}

void ModelFixture::SetWeight(const std::string& tensor, int64_t element, float value) const {
  std::string bytes = Read(kWeights);
  const SafetensorsFile file = *SafetensorsFile::Open(Path(kWeights));
  const unsigned char* base = file.tensors()[0].data;
  const size_t data =
      bytes.size() - static_cast<size_t>(file.tensors().back().data + file.tensors().back().bytes - base);
  const size_t at =
      data + static_cast<size_t>(file.Find(tensor)->data - base) + 4 * static_cast<size_t>(element);
  std::memcpy(bytes.data() + at, &value, sizeof(value));
  Write("weights.new", bytes);  // the old file is mapped
  Rename("weights.new", kWeights);
}

void ModelFixture::ReplaceInHeader(const std::string& name, std::string_view from,
                                   std::string_view to) const {
  const std::string bytes = Read(name);
  const size_t length = LoadNumber<uint64_t>(bytes.data());
  std::string header = bytes.substr(8, length);
  const size_t at = header.find(from);
  ASSERT_NE(at, std::string::npos) << name << " has no " << from;
  header.replace(at, from.size(), to);
  std::string file;
  AppendNumber<uint64_t>(header.size(), &file);
  Write(name, file + header + bytes.substr(8 + length));
}

void ModelFixture::RemoveTensor(const std::string& tensor) const {
  ReplaceInHeader(kWeights, Concat("\"", tensor, "\""), "\"gone.rotary_emb.inv_freq\"");
}

}  // namespace rubato
