#include "policy/missing_weights.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/concat.h"
#include "policy/weight_names.h"

namespace rubato {

namespace {

constexpr std::string_view kNeeded = "model.safetensors or model.safetensors.index.json with its shards";

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

using Endings = std::vector<std::string_view>;

std::vector<std::string> Ending(const std::vector<std::string>& names, const Endings& endings) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
    if (std::any_of(endings.begin(), endings.end(), ends)) found.push_back(name);
  }
  return found;
}

}  // namespace

std::string WhyNoWeights(const std::string& directory) {
  const std::vector<std::string> names = NamesIn(directory);
  if (const auto adapter =
          Ending(names, {"adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"});
      !adapter.empty()) {
    return Concat(
        "weights: this is an adapter (", SomeOf(adapter),
        "), not a model; merge it into its base model with PEFT's merge_and_unload() and save that with "
        "save_pretrained()");
  }
  if (const auto shards = Ending(names, {".safetensors"}); !shards.empty()) {
    return Concat("weights: there are ", SomeOf(shards), ", but neither ", kNeeded,
                  " says which tensors are the model's; fetch the index, too, or rename a single file to "
                  "model.safetensors");
  }
  if (const auto pickle = Ending(names, {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".bin.index.json"});
      !pickle.empty()) {
    return Concat(
        "weights: ", SomeOf(pickle), pickle.size() == 1 ? " is pickle" : " are pickle",
        ", which can run code when it is read, and is never opened; save the model as safetensors: "
        "AutoModelForCausalLM.from_pretrained(...).save_pretrained(DIR, safe_serialization=True) in an "
        "environment that you trust");
  }
  if (const auto gguf = Ending(names, {".gguf", ".ggml"}); !gguf.empty()) {
    return Concat(
        "weights: ", SomeOf(gguf),
        " is llama.cpp's format, often quantized, and is not read; fetch the model it was made from");
  }
  if (const auto other = Ending(names, {".h5", ".msgpack", ".onnx", ".npz", ".tflite", ".nemo", ".distcp"});
      !other.empty()) {
    return Concat("weights: ", SomeOf(other),
                  " belongs to another framework and is not read; save the model as "
                  "safetensors with save_pretrained() of transformers");
  }
  return Concat("weights: there are none, ", kNeeded, " is needed");
}

}  // namespace rubato
