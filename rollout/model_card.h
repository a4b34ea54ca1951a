// What `rubato inspect` tells of a model directory beyond its inspection, and how it is written.  A value.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/json.h"
#include "policy/generation_config.h"
#include "policy/model_inspection.h"

namespace rubato {

struct ModelCard {
  std::string directory;
  ModelInspection inspection;

  std::string tokenizer_kind;             // "BPE", "WordLevel"; empty: none that can be used
  std::optional<int64_t> merges;          // of a BPE
  std::optional<int64_t> unused_rows;     // rows of the embedding that no token has
  std::optional<std::string> end_tokens;  // their texts
  bool chat_template = false;             // there is one that can be used
  std::optional<GenerationConfig> sampling;

  int64_t context = 0;  // tokens that a sequence is planned to have
  // Bytes, without the programs themselves; 0 when the sizes are unsound.
  int64_t rank_bytes = 0;      // of a learner rank: weights, gradients, two moments, two versions to serve
  int64_t worker_bytes = 0;    // of a rollout worker: two versions of the weights
  int64_t sequence_bytes = 0;  // and of each sequence in flight: keys and values
};

// Lines for people.
std::string RenderModelCard(const ModelCard& card);
// One object for programs.
Json ModelCardToJson(const ModelCard& card);

}  // namespace rubato
