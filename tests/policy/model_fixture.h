#pragma once

// A sound tiny model directory, and the tools to break it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/json.h"
#include "policy/model_config.h"
#include "policy/safetensors_type.h"

namespace rubato {

enum class TinyFamily { kQwen3, kQwen2, kLlama };

// A complete directory as `save_pretrained` leaves it: configs, a tokenizer with a chat template, weights in
// one file.  Every change is made on disk at once; names are relative to the directory.
class ModelFixture {
 public:
  // Empties `path` first.
  ModelFixture(std::string path, TinyFamily family);

  const std::string& path() const { return path_; }
  const ModelConfig& config() const { return config_; }

  // Files.
  void Write(const std::string& name, std::string_view bytes) const;
  std::string Read(const std::string& name) const;
  void Remove(const std::string& name) const;
  void Rename(const std::string& from, const std::string& to) const;
  void MakeDirectory(const std::string& name) const;
  void MakePipe(const std::string& name) const;  // that nobody writes to
  void Link(const std::string& name, const std::string& to) const;
  // The first occurrence; must be there.
  void Replace(const std::string& name, std::string_view from, std::string_view to) const;
  void Cut(const std::string& name, size_t bytes) const;  // from the end

  // Members of a JSON file.  `value` is JSON text.
  void Set(const std::string& file, const std::string& key, std::string_view value) const;
  void Erase(const std::string& file, const std::string& key) const;
  void SetConfig(const std::string& key, std::string_view value) const { Set("config.json", key, value); }

  // Weights.
  void WriteWeights(const ModelConfig& config, SafetensorsType type = SafetensorsType::kF32) const;
  void Shard() const;  // into several files with an index
  std::string ShardOf(const std::string& tensor) const;
  void SetShardOf(const std::string& tensor, std::string_view json) const;
  void SetWeight(const std::string& tensor, int64_t element, float value) const;
  // Text of the header of a .safetensors file, whose length is corrected.
  void ReplaceInHeader(const std::string& name, std::string_view from, std::string_view to) const;
  // As the header says; the tensor's bytes stay.
  void RemoveTensor(const std::string& tensor) const;

 private:
  std::string Path(const std::string& name) const;
  Json ReadJson(const std::string& name) const;
  void WriteJson(const std::string& name, const Json& json) const;

  std::string path_;
  ModelConfig config_;
};

}  // namespace rubato
