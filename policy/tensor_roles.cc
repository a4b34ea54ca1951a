#include "policy/tensor_roles.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace rubato {

namespace {

LayerTensors FindLayer(const SlabLayout& layout, int layer) {
  const std::string prefix = absl::StrCat("model.layers.", layer, ".");
  const auto find = [&](const char* name) { return layout.Find(absl::StrCat(prefix, name)); };
  return {.input_norm = find("input_layernorm.weight"),
          .q = find("self_attn.q_proj.weight"),
          .k = find("self_attn.k_proj.weight"),
          .v = find("self_attn.v_proj.weight"),
          .q_bias = find("self_attn.q_proj.bias"),
          .k_bias = find("self_attn.k_proj.bias"),
          .v_bias = find("self_attn.v_proj.bias"),
          .q_norm = find("self_attn.q_norm.weight"),
          .k_norm = find("self_attn.k_norm.weight"),
          .o = find("self_attn.o_proj.weight"),
          .o_bias = find("self_attn.o_proj.bias"),
          .post_norm = find("post_attention_layernorm.weight"),
          .gate = find("mlp.gate_proj.weight"),
          .up = find("mlp.up_proj.weight"),
          .down = find("mlp.down_proj.weight"),
          .gate_bias = find("mlp.gate_proj.bias"),
          .up_bias = find("mlp.up_proj.bias"),
          .down_bias = find("mlp.down_proj.bias")};
}

}  // namespace

TensorRoles::TensorRoles(const ModelConfig& config, const SlabLayout& layout)
    : embedding(layout.Find("model.embed_tokens.weight")),
      final_norm(layout.Find("model.norm.weight")),
      head(config.tied_embeddings ? embedding : layout.Find("lm_head.weight")) {
  for (int layer = 0; layer < config.layers; ++layer) layers.push_back(FindLayer(layout, layer));
}

}  // namespace rubato
