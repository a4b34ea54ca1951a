#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "common/problems.h"
#include "policy/rope_config.h"

namespace rubato {

// The shape of a decoder-only transformer, as `config.json` of a Hugging Face directory states it.
//
// A value; copy it freely.  What differs between the families we may come to know (biases, QK-norm, tied
// embeddings) is data here, so that the forward pass asks for a tensor and not for a family.
struct ModelConfig {
  std::string architecture;  // "Qwen3ForCausalLM", "Qwen2ForCausalLM", "LlamaForCausalLM"
  int layers = 0;
  int hidden = 0;    // width of the residual stream
  int heads = 0;     // query heads
  int kv_heads = 0;  // divides heads
  int head_dim = 0;  // even
  int ffn = 0;       // width of the gated feed-forward layer
  int vocab = 0;
  int max_positions = 0;  // longest sequence the model was made for
  RopeConfig rope;
  float rms_norm_eps = 0;
  bool tied_embeddings = false;  // the head is the embedding; `lm_head.weight` does not exist
  bool qk_norm = false;          // RMS norm of every query and key head before RoPE
  bool qkv_bias = false;         // of the query, key and value projections
  bool o_bias = false;           // of the projection after attention
  bool mlp_bias = false;         // of gate, up and down
  std::string dtype;  // that the weights are meant to have: "bfloat16", "float16", "float32"; "" unsaid
  std::vector<int32_t>
      end_token_ids;  // of generation_config.json, else of config.json; ascending, may be empty

  int query_width() const { return heads * head_dim; }
  int kv_width() const { return kv_heads * head_dim; }
  bool IsEndToken(int32_t id) const;
};

// Reads a config as transformers 4 and 5 do; where these differ, as 5 does (rope_config_reader.h says where).
// `generation` is the parsed generation_config.json, or null where there is none.  All that is wrong (a
// missing or misshapen key, an architecture or an option that we cannot compute) goes to `problems`, each
// with its key and value; the result is meaningful only if none was added.
//
// Null and absent are the same except where said.  Absent:
//   architectures          by model_type; if both are there they must agree
//   sizes                  a problem: authors always write them, and transformers' defaults are those of one
//                          model.  But for
//   num_key_value_heads    absent: Llama as many as heads, Qwen 32 (as heads where 32 does not divide them);
//                          null: as many as heads
//   head_dim               absent: Qwen3 128, others hidden_size / num_attention_heads, as of null
//   rms_norm_eps           1e-6
//   tie_word_embeddings    false
//   attention_bias         false; Qwen2 does not read it: it has biases of q, k and v, and no other
//   mlp_bias               false; only Llama reads it
//   eos_token_id           no end tokens
// `layer_types`, where there is one, says which layers have a window; `use_sliding_window` counts only
// without it.
ModelConfig ParseModelConfig(const Json& config, const Json* generation, Problems* problems);

}  // namespace rubato
