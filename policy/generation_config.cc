#include "policy/generation_config.h"

#include "common/concat.h"
#include "policy/config_reader.h"

namespace rubato {

namespace {

std::optional<double> ReadTemperature(bool greedy, ConfigReader* reader) {
  const std::optional<double> temperature = reader->NumberFrom("temperature", 0);
  if (temperature != 0.0) return temperature;
  // Greedy decoding is what some files mean by it, and what they then say.
  if (!greedy) {
    reader->Add(Concat(reader->Name("temperature"),
                       " is 0, a number above 0 is needed; set \"do_sample\" to ",
                       "false if the most likely token is meant"));
  }
  return std::nullopt;
}

std::optional<double> ReadTopP(ConfigReader* reader) {
  const std::optional<double> top_p = reader->NumberAbove("top_p", 0);
  if (!top_p.has_value() || *top_p <= 1) return top_p;
  reader->Refuse("top_p", Json(*top_p), "a number above 0 and up to 1");
  return std::nullopt;
}

std::optional<int> ReadTopK(ConfigReader* reader) {
  const Json* value = reader->Find("top_k");
  if (value == nullptr) return std::nullopt;
  const absl::StatusOr<int64_t> top_k = value->AsInt();
  if (top_k.ok() && *top_k >= 0 && *top_k <= INT32_MAX) return static_cast<int>(*top_k);
  reader->Refuse("top_k", *value, "a whole number, 0 for all,");
  return std::nullopt;
}

}  // namespace

GenerationConfig ParseGenerationConfig(const Json& json, int vocab, Problems* problems) {
  ConfigReader reader("generation_config.json", "", json, problems);
  GenerationConfig config;
  if (reader.Find("do_sample") != nullptr) config.do_sample = reader.BoolOr("do_sample", false);
  config.temperature = ReadTemperature(config.do_sample == false, &reader);
  config.top_p = ReadTopP(&reader);
  config.top_k = ReadTopK(&reader);
  config.end_token_ids = reader.TokenIds("eos_token_id", vocab);
  reader.CheckTokenId("bos_token_id", vocab);
  reader.CheckTokenId("pad_token_id", vocab);
  return config;
}

}  // namespace rubato
