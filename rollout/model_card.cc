#include "rollout/model_card.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/escape.h"

namespace rubato {

namespace {

// "668,256"
std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (ptrdiff_t at = static_cast<ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), 1, ',');
  return digits;
}

std::string Bytes(double bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return absl::StrFormat(unit == 0 ? "%.0f %s" : "%.1f %s", bytes, kUnits[unit]);
}

std::string NameOf(RopeKind kind) {
  switch (kind) {
    case RopeKind::kDefault:
      return "default";
    case RopeKind::kLinear:
      return "linear";
    case RopeKind::kLlama3:
      return "llama3";
    case RopeKind::kYarn:
      return "yarn";
  }
  return "";
}

std::vector<std::string> BiasesOf(const ModelConfig& config) {
  std::vector<std::string> biases;
  if (config.qkv_bias) biases.push_back("q, k, v");
  if (config.o_bias) biases.push_back("o");
  if (config.mlp_bias) biases.push_back("MLP");
  return biases;
}

std::string Attention(const ModelConfig& config) {
  const std::vector<std::string> biases = BiasesOf(config);
  return Concat(config.heads, " heads on ", config.kv_heads, " KV heads of size ", config.head_dim,
                config.qk_norm ? ", normed queries and keys" : "",
                biases.empty() ? ", no biases" : Concat(", biases of ", absl::StrJoin(biases, ", ")));
}

std::string Positions(const ModelConfig& config) {
  const RopeConfig& rope = config.rope;
  std::string text =
      absl::StrFormat("%d, RoPE %s, theta %g", config.max_positions, NameOf(rope.kind), rope.theta);
  if (rope.kind != RopeKind::kDefault) text.append(absl::StrFormat(", factor %g", rope.factor));
  if (rope.original_max_positions > 0) {
    text.append(absl::StrFormat(" over %g", rope.original_max_positions));
  }
  return text;
}

std::string Vocabulary(const ModelCard& card) {
  const ModelConfig& config = card.inspection.config;
  return Concat(Grouped(config.vocab), " ids",
                card.unused_rows.value_or(0) > 0 ? Concat(", ", *card.unused_rows, " of them unused") : "",
                config.tied_embeddings ? "; the head is the embedding" : "; a head of its own");
}

std::string Weights(const ModelInspection& inspection) {
  if (inspection.weight_files.empty()) return "none";
  std::vector<std::string> types;
  uint64_t bytes = 0;
  for (const ModelInspection::Stored& stored : inspection.stored) {
    types.push_back(Concat(stored.tensors, " tensors ", stored.dtype));
    bytes += stored.bytes;
  }
  const size_t files = inspection.weight_files.size();
  const std::string& dtype = inspection.config.dtype;
  return Concat(Bytes(static_cast<double>(bytes)), " in ", files,
                files == 1 ? " file: " : " files: ", absl::StrJoin(types, ", "),
                dtype.empty() ? "" : Concat("; config.json says ", dtype));
}

std::string TokenizerText(const ModelCard& card) {
  if (card.tokenizer_kind.empty()) return "none that can be used";
  return Concat(EscapeForTerminal(card.tokenizer_kind), ", ids below ",
                Grouped(card.inspection.tokenizer_tokens.value_or(0)),
                card.merges ? Concat(", ", Grouped(*card.merges), " merges") : "");
}

std::string EndTokens(const ModelCard& card) {
  const std::vector<int32_t>& ids = card.inspection.config.end_token_ids;
  if (ids.empty()) return "none";
  const std::string names = card.end_tokens ? Concat("   ", EscapeForTerminal(*card.end_tokens)) : "";
  return absl::StrJoin(ids, ", ") + names;
}

std::string Sampling(const std::optional<GenerationConfig>& sampling) {
  if (!sampling) return "no generation_config.json";
  std::vector<std::string> parts;
  if (sampling->do_sample) parts.push_back(*sampling->do_sample ? "sampled" : "greedy");
  if (sampling->temperature) parts.push_back(absl::StrFormat("temperature %g", *sampling->temperature));
  if (sampling->top_p) parts.push_back(absl::StrFormat("top-p %g", *sampling->top_p));
  if (sampling->top_k) parts.push_back(Concat("top-k ", *sampling->top_k));
  return parts.empty() ? "generation_config.json recommends nothing" : absl::StrJoin(parts, ", ");
}

std::string Memory(const ModelCard& card) {
  return Concat("learner rank ", Bytes(static_cast<double>(card.rank_bytes)), "; worker ",
                Bytes(static_cast<double>(card.worker_bytes)), ", and ",
                Bytes(static_cast<double>(card.sequence_bytes)), " a sequence of ", Grouped(card.context),
                " tokens");
}

std::string Digests(const ModelInspection& inspection) {
  const auto hex = [](const std::optional<Digest>& digest) {
    return digest ? ToHex(*digest) : std::string("none");
  };
  return Concat("weights ", hex(inspection.weight_digest), "\n                  config ",
                hex(inspection.config_digest), "\n                  tokenizer ",
                hex(inspection.tokenizer_digest));
}

// The double with the shortest decimal form among those that round to `value`.
double Shortest(float value) {
  double wide = value;
  (void)absl::SimpleAtod(absl::StrCat(value), &wide);
  return wide;
}

Json HexOrNull(const std::optional<Digest>& digest) { return digest ? Json(ToHex(*digest)) : Json(); }

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json ConfigToJson(const ModelConfig& config) {
  const RopeConfig& rope = config.rope;
  return Json::Object{{"layers", config.layers},
                      {"hidden_size", config.hidden},
                      {"heads", config.heads},
                      {"kv_heads", config.kv_heads},
                      {"head_dim", config.head_dim},
                      {"intermediate_size", config.ffn},
                      {"vocab_size", config.vocab},
                      {"max_positions", config.max_positions},
                      {"rms_norm_eps", Shortest(config.rms_norm_eps)},
                      {"tied_embeddings", config.tied_embeddings},
                      {"qk_norm", config.qk_norm},
                      {"qkv_bias", config.qkv_bias},
                      {"o_bias", config.o_bias},
                      {"mlp_bias", config.mlp_bias},
                      {"dtype", config.dtype.empty() ? Json() : Json(config.dtype)},
                      {"rope", Json::Object{{"kind", NameOf(rope.kind)},
                                            {"theta", rope.theta},
                                            {"factor", rope.factor},
                                            {"original_max_positions", rope.original_max_positions},
                                            {"attention_factor", rope.attention_factor}}}};
}

Json WeightsToJson(const ModelInspection& inspection) {
  Json files{Json::Array()}, stored{Json::Array()};
  for (const ModelInspection::File& file : inspection.weight_files) {
    files.Append(Json::Object{{"name", file.name}, {"bytes", file.bytes}});
  }
  for (const ModelInspection::Stored& type : inspection.stored) {
    stored.Append(Json::Object{{"dtype", type.dtype},
                               {"tensors", type.tensors},
                               {"elements", type.elements},
                               {"bytes", type.bytes}});
  }
  return Json::Object{{"files", files}, {"stored", stored}};
}

Json SamplingToJson(const std::optional<GenerationConfig>& sampling) {
  if (!sampling) return Json();
  return Json::Object{{"do_sample", OrNull(sampling->do_sample)},
                      {"temperature", OrNull(sampling->temperature)},
                      {"top_p", OrNull(sampling->top_p)},
                      {"top_k", OrNull(sampling->top_k)}};
}

template <typename T>
Json ListOf(const std::vector<T>& values) {
  Json list{Json::Array()};
  for (const T& value : values) list.Append(value);
  return list;
}

}  // namespace

std::string RenderModelCard(const ModelCard& card) {
  const ModelInspection& inspection = card.inspection;
  const ModelConfig& config = inspection.config;
  std::string text =
      Concat(card.directory, ": ",
             config.architecture.empty() ? "of no known family" : EscapeForTerminal(config.architecture),
             ", ", Grouped(inspection.parameters), " parameters\n\n");
  const auto line = [&](const char* name, const std::string& value) {
    text.append(absl::StrFormat("  %-15s %s\n", name, value));
  };
  line("layers", Concat(config.layers, " of width ", config.hidden, ", feed-forward ", config.ffn));
  line("attention", Attention(config));
  line("positions", Positions(config));
  line("vocabulary", Vocabulary(card));
  line("weights", Weights(inspection));
  line("tokenizer", TokenizerText(card));
  line("chat template", card.chat_template ? "yes" : "no");
  line("end tokens", EndTokens(card));
  line("sampling", Sampling(card.sampling));
  line("memory", Memory(card));
  line("digests", Digests(inspection));
  for (const std::string& note : inspection.notes) line("note", EscapeForTerminal(note));
  line("problems", inspection.problems.empty() ? "none" : std::to_string(inspection.problems.size()));
  return text;
}

Json ModelCardToJson(const ModelCard& card) {
  const ModelInspection& inspection = card.inspection;
  Json files{Json::Array()};
  for (const ModelInspection::File& file : inspection.files) files.Append(file.name);
  return Json::Object{
      {"directory", card.directory},
      {"architecture", inspection.config.architecture},
      {"parameters", inspection.parameters},
      {"config", ConfigToJson(inspection.config)},
      {"weights", WeightsToJson(inspection)},
      {"files", files},
      {"tokenizer", Json::Object{{"kind", card.tokenizer_kind.empty() ? Json() : Json(card.tokenizer_kind)},
                                 {"size", OrNull(inspection.tokenizer_tokens)},
                                 {"merges", OrNull(card.merges)},
                                 {"unused_rows", OrNull(card.unused_rows)}}},
      {"chat_template", card.chat_template},
      {"end_token_ids", ListOf(inspection.config.end_token_ids)},
      {"sampling", SamplingToJson(card.sampling)},
      {"memory", Json::Object{{"context", card.context},
                              {"rank_bytes", card.rank_bytes},
                              {"worker_bytes", card.worker_bytes},
                              {"sequence_bytes", card.sequence_bytes}}},
      {"digests", Json::Object{{"weights", HexOrNull(inspection.weight_digest)},
                               {"config", HexOrNull(inspection.config_digest)},
                               {"tokenizer", HexOrNull(inspection.tokenizer_digest)}}},
      {"notes", ListOf(inspection.notes)},
      {"problems", ListOf(inspection.problems)}};
}

}  // namespace rubato
