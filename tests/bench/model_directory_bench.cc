// How fast a model directory is read and written, against copying as many bytes with one core.
//
//   bazel run //tests/bench:model_directory_bench -- DIRECTORY   (writes about 3 GB there)

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "policy/model_directory.h"
#include "policy/model_inspection.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

double Seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// 256 Mi parameters: 512 MiB as BF16, 1 GiB in memory.
ModelConfig BenchConfig() {
  ModelConfig config = TinyModelConfig();
  config.layers = 12;
  config.hidden = 1024;
  config.head_dim = 128;
  config.heads = 16;
  config.kv_heads = 8;
  config.ffn = 3072;
  config.vocab = 65'536;
  return config;
}

std::string ConfigText(const ModelConfig& config) {
  Json json;
  json.Set("architectures", Json::Array{Json(config.architecture)});
  json.Set("num_hidden_layers", config.layers);
  json.Set("hidden_size", config.hidden);
  json.Set("num_attention_heads", config.heads);
  json.Set("num_key_value_heads", config.kv_heads);
  json.Set("head_dim", config.head_dim);
  json.Set("intermediate_size", config.ffn);
  json.Set("vocab_size", config.vocab);
  json.Set("max_position_embeddings", config.max_positions);
  json.Set("tie_word_embeddings", config.tied_embeddings);
  return json.Dump();
}

std::string PeakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM")) return line.substr(6);
  }
  return "";
}

void Print(const char* what, double seconds, double copy_seconds, const SlabLayout& layout) {
  std::printf("%-28s %6.2f s  %5.2f GB of fp32 per second  %4.1f times a copy\n", what, seconds,
              static_cast<double>(layout.size_bytes()) / seconds / 1e9, seconds / copy_seconds);
}

int Run(const std::string& directory) {
  const ModelConfig config = BenchConfig();
  const SlabLayout layout(config);
  const Slab weights = [&] {
    Slab slab(layout.size());
    for (int64_t i = 0; i < slab.size(); ++i) slab.data()[i] = static_cast<float>(i % 1000) * 1e-3f;
    return slab;
  }();
  Slab copy;
  const double copy_seconds = Seconds([&] { copy = weights.Clone(); });
  copy = Slab();
  Print("copy in memory", copy_seconds, copy_seconds, layout);
  for (const auto type : {SafetensorsType::kBf16, SafetensorsType::kF16, SafetensorsType::kF32}) {
    const std::string name(NameOf(type));
    const double write = Seconds([&] {
      (void)WriteModelDirectory(directory, {{"config.json", ConfigText(config)}}, layout, weights, type);
    });
    Print(("write " + name).c_str(), write, copy_seconds, layout);
    for (const char* which : {"first", "again"}) {
      const double read = Seconds([&] {
        const auto model = ReadModelDirectory(directory);
        if (!model.ok()) std::printf("%s\n", std::string(model.status().message()).c_str());
      });
      Print(("read " + name + " " + which).c_str(), read, copy_seconds, layout);
    }
    const double inspect = Seconds([&] { (void)InspectModelDirectory(directory); });
    Print(("inspect " + name).c_str(), inspect, copy_seconds, layout);
  }
  std::printf("peak of this process: %s\n", PeakMemory().c_str());
  return 0;
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  if (argc == 2) return rubato::Run(argv[1]);
  std::fprintf(stderr, "usage: model_directory_bench DIRECTORY\n");
  return 64;
}
