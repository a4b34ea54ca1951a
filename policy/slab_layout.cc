#include "policy/slab_layout.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rubato {

namespace {

class Lister {
 public:
  void Add(std::string name, std::vector<int64_t> shape) {
    const int64_t size = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    tensors.push_back({.name = std::move(name), .shape = std::move(shape), .size = size});
  }

  void AddLayer(const ModelConfig& c, const std::string& prefix) {
    const std::string attention = absl::StrCat(prefix, "self_attn.");
    Add(absl::StrCat(prefix, "input_layernorm.weight"), {c.hidden});
    Add(absl::StrCat(prefix, "post_attention_layernorm.weight"), {c.hidden});
    Add(absl::StrCat(attention, "q_proj.weight"), {c.query_width(), c.hidden});
    Add(absl::StrCat(attention, "k_proj.weight"), {c.kv_width(), c.hidden});
    Add(absl::StrCat(attention, "v_proj.weight"), {c.kv_width(), c.hidden});
    Add(absl::StrCat(attention, "o_proj.weight"), {c.hidden, c.query_width()});
    if (c.qkv_bias) {
      Add(absl::StrCat(attention, "q_proj.bias"), {c.query_width()});
      Add(absl::StrCat(attention, "k_proj.bias"), {c.kv_width()});
      Add(absl::StrCat(attention, "v_proj.bias"), {c.kv_width()});
    }
    if (c.o_bias) Add(absl::StrCat(attention, "o_proj.bias"), {c.hidden});
    if (c.qk_norm) {
      Add(absl::StrCat(attention, "q_norm.weight"), {c.head_dim});
      Add(absl::StrCat(attention, "k_norm.weight"), {c.head_dim});
    }
    Add(absl::StrCat(prefix, "mlp.gate_proj.weight"), {c.ffn, c.hidden});
    Add(absl::StrCat(prefix, "mlp.up_proj.weight"), {c.ffn, c.hidden});
    Add(absl::StrCat(prefix, "mlp.down_proj.weight"), {c.hidden, c.ffn});
    if (c.mlp_bias) {
      Add(absl::StrCat(prefix, "mlp.gate_proj.bias"), {c.ffn});
      Add(absl::StrCat(prefix, "mlp.up_proj.bias"), {c.ffn});
      Add(absl::StrCat(prefix, "mlp.down_proj.bias"), {c.hidden});
    }
  }

  std::vector<SlabTensor> tensors;
};

}  // namespace

SlabLayout::SlabLayout(const ModelConfig& config) {
  Lister lister;
  lister.Add("model.embed_tokens.weight", {config.vocab, config.hidden});
  lister.Add("model.norm.weight", {config.hidden});
  if (!config.tied_embeddings) lister.Add("lm_head.weight", {config.vocab, config.hidden});
  for (int layer = 0; layer < config.layers; ++layer) {
    lister.AddLayer(config, absl::StrCat("model.layers.", layer, "."));
  }
  tensors_ = std::move(lister.tensors);
  std::sort(tensors_.begin(), tensors_.end(),
            [](const SlabTensor& a, const SlabTensor& b) { return a.name < b.name; });
  for (SlabTensor& tensor : tensors_) {
    tensor.offset = size_;
    size_ += tensor.size;
  }
}

const SlabTensor* SlabLayout::Find(std::string_view name) const {
  const auto at =
      std::lower_bound(tensors_.begin(), tensors_.end(), name,
                       [](const SlabTensor& tensor, std::string_view n) { return tensor.name < n; });
  return at != tensors_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace rubato
