#include "policy/model_weights.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/concat.h"
#include "common/escape.h"
#include "policy/weight_floats.h"
#include "policy/weight_names.h"

namespace rubato {

namespace {

constexpr std::string_view kHead = "lm_head.weight";
constexpr std::string_view kEmbedding = "model.embed_tokens.weight";
constexpr int64_t kPieceFloats = int64_t{1} << 18;
// A directory can lack or add thousands of tensors for one reason.
constexpr size_t kMostOfAKind = 16;

// Problems of one kind: the first ones in full, then their number.
class Kind {
 public:
  explicit Kind(std::string_view what) : what_(what) {}
  void Add(std::string problem) { found_.push_back(std::move(problem)); }
  void Report(Problems* problems) const {
    for (size_t i = 0; i < std::min(kMostOfAKind, found_.size()); ++i) problems->Add(found_[i]);
    if (found_.size() <= kMostOfAKind) return;
    problems->Add(Concat("weights: ", found_.size() - kMostOfAKind, " more tensors ", what_));
  }

 private:
  std::string_view what_;
  std::vector<std::string> found_;
};

const SafetensorsTensor* Find(const WeightFiles& files, std::string_view name) {
  const auto found = files.tensors.find(name);
  return found == files.tensors.end() ? nullptr : &found->second;
}

// Calls use(piece, floats) for successive pieces of `tensor` until it returns false.
template <typename Use>
void ReadPieces(const SafetensorsTensor& tensor, int64_t piece_floats, Use use) {
  std::vector<float> floats(static_cast<size_t>(std::min(piece_floats, tensor.elements)));
  for (int64_t begin = 0; begin < tensor.elements; begin += piece_floats) {
    const auto piece =
        std::span(floats).first(static_cast<size_t>(std::min(piece_floats, tensor.elements - begin)));
    ToFloats(tensor.type, tensor.data + begin * BytesPerElement(tensor.type), piece);
    if (!use(begin, piece)) return;
  }
}

bool HoldSame(const SafetensorsTensor& a, const SafetensorsTensor& b) {
  if (a.shape != b.shape || !IsWeightType(a.type) || !IsWeightType(b.type)) return false;
  if (a.type == b.type) return a.bytes == 0 || std::memcmp(a.data, b.data, static_cast<size_t>(a.bytes)) == 0;
  bool same = true;
  std::vector<float> other;
  ReadPieces(a, kPieceFloats, [&](int64_t begin, std::span<const float> floats) {
    other.resize(floats.size());
    ToFloats(b.type, b.data + begin * BytesPerElement(b.type), other);
    same = std::equal(floats.begin(), floats.end(), other.begin());
    return same;
  });
  return same;
}

bool Mentions(const Problems& problems, std::string_view text) {
  const auto mentions = [&](const std::string& problem) { return problem.find(text) != std::string::npos; };
  return std::any_of(problems.list().begin(), problems.list().end(), mentions);
}

std::string Missing(const SlabTensor& tensor) {
  const std::string problem =
      Concat("weights: \"", tensor.name, "\" ", ShapeText(tensor.shape), " is missing");
  if (tensor.name != kHead) return problem;
  return Concat(problem,
                ", although \"tie_word_embeddings\" in config.json is false; set it to true if the model "
                "uses its embedding as head");
}

// What the files hold beyond the layout.
void ReportExtra(const WeightFiles& files, const ModelConfig& config, const SlabLayout& layout,
                 Problems* problems) {
  Kind extra("are not part of the model in config.json");
  for (const auto& [name, tensor] : files.tensors) {
    if (layout.Find(name) != nullptr) continue;
    if (config.tied_embeddings && name == kHead) {
      const SafetensorsTensor* embedding = Find(files, kEmbedding);
      if (embedding == nullptr || HoldSame(tensor, *embedding)) continue;
      problems->Add(
          Concat("weights: \"", kHead, "\" ", ShapeText(tensor.shape), " differs from \"", kEmbedding,
                 "\", although \"tie_word_embeddings\" in config.json is true: transformers 4 would drop "
                 "it and 5 would use it; set the key to false, or remove the tensor"));
      continue;
    }
    extra.Add(Concat("weights: \"", EscapeForTerminal(name.substr(0, 200)), "\" ", ShapeText(tensor.shape),
                     " is not part of the model in config.json"));
  }
  extra.Report(problems);
}

// A run of one tensor's elements: what a thread does at a time.
struct Piece {
  const SafetensorsTensor* tensor = nullptr;
  int64_t begin = 0;
  int64_t elements = 0;
  float* to = nullptr;  // null: the values are only looked at
  std::optional<std::pair<int64_t, float>> bad =
      {};  // the first that is not finite: its index in the tensor, value
};

void AddPieces(const SafetensorsTensor& tensor, float* to, std::vector<Piece>* pieces) {
  for (int64_t begin = 0; begin < tensor.elements; begin += kPieceFloats) {
    pieces->push_back({.tensor = &tensor,
                       .begin = begin,
                       .elements = std::min(kPieceFloats, tensor.elements - begin),
                       .to = to == nullptr ? nullptr : to + begin});
  }
}

// Converts block by block, so that a block is still in the cache when it is checked.
void ReadPiece(Piece* piece) {
  constexpr int64_t kBlock = 8192;
  float scratch[kBlock];
  const int bytes = BytesPerElement(piece->tensor->type);
  for (int64_t begin = 0; begin < piece->elements; begin += kBlock) {
    const int64_t count = std::min(kBlock, piece->elements - begin);
    const std::span<float> floats(piece->to == nullptr ? scratch : piece->to + begin,
                                  static_cast<size_t>(count));
    ToFloats(piece->tensor->type, piece->tensor->data + (piece->begin + begin) * bytes, floats);
    const std::optional<size_t> bad = FirstNonFinite(floats);
    if (bad.has_value() && !piece->bad.has_value()) {
      piece->bad = {piece->begin + begin + static_cast<int64_t>(*bad), floats[*bad]};
    }
  }
}

void ReadAll(std::vector<Piece>* pieces, ThreadPool* pool, Problems* problems) {
  pool->Run(static_cast<int>(pieces->size()), [&](int i) { ReadPiece(&(*pieces)[static_cast<size_t>(i)]); });
  Kind spoilt("hold values that are not finite");
  const SafetensorsTensor* last = nullptr;
  for (const Piece& piece : *pieces) {
    if (!piece.bad.has_value() || piece.tensor == last) continue;
    last = piece.tensor;
    spoilt.Add(Concat("weights: \"", EscapeForTerminal(last->name.substr(0, 200)), "\" holds ",
                      piece.bad->second, " at element ", piece.bad->first,
                      "; the checkpoint is spoilt, take an earlier one"));
  }
  spoilt.Report(problems);
}

// The floats [begin, begin + out.size()) of the slab.
void ReadRange(const WeightSources& sources, const SlabLayout& layout, int64_t begin, std::span<float> out) {
  const auto& tensors = layout.tensors();
  const int64_t end = begin + static_cast<int64_t>(out.size());
  auto at = std::upper_bound(tensors.begin(), tensors.end(), begin,
                             [](int64_t offset, const SlabTensor& tensor) { return offset < tensor.offset; });
  for (--at; at != tensors.end() && at->offset < end; ++at) {
    const SafetensorsTensor& source = *sources[static_cast<size_t>(at - tensors.begin())];
    const int64_t from = std::max(begin, at->offset), to = std::min(end, at->offset + at->size);
    if (from >= to) continue;
    ToFloats(source.type, source.data + (from - at->offset) * BytesPerElement(source.type),
             out.subspan(static_cast<size_t>(from - begin), static_cast<size_t>(to - from)));
  }
}

}  // namespace

bool HasSizes(const ModelConfig& config) {
  const int64_t sizes[] = {config.layers,   config.hidden, config.heads, config.kv_heads,
                           config.head_dim, config.ffn,    config.vocab};
  const bool all_there = std::find(std::begin(sizes), std::end(sizes), 0) == std::end(sizes);
  // Each is bounded, but a product could still overflow.
  const int64_t width = int64_t{std::max(config.heads, config.kv_heads)} * config.head_dim;
  return !config.architecture.empty() && all_there && width < int64_t{1} << 24;
}

WeightSources MatchWeights(const WeightFiles& files, const ModelConfig& config, const SlabLayout& layout,
                           Problems* problems) {
  const bool tying_is_unknown = Mentions(*problems, "\"tie_word_embeddings\"");
  WeightSources sources;
  Kind missing("are missing"), misshapen("have another shape than config.json makes it");
  for (const SlabTensor& wanted : layout.tensors()) {
    const SafetensorsTensor* found = Find(files, wanted.name);
    if (found == nullptr && config.tied_embeddings && wanted.name == kEmbedding) found = Find(files, kHead);
    const bool may_be_tied = wanted.name == kHead && tying_is_unknown;
    if (found == nullptr && files.IsMissing(wanted.name) && !may_be_tied) missing.Add(Missing(wanted));
    if (found != nullptr && found->shape != wanted.shape) {
      misshapen.Add(Concat("weights: \"", wanted.name, "\" has shape ", ShapeText(found->shape),
                           ", config.json makes it ", ShapeText(wanted.shape)));
      found = nullptr;
    }
    sources.push_back(found != nullptr && IsWeightType(found->type) ? found : nullptr);
  }
  missing.Report(problems);
  misshapen.Report(problems);
  ReportExtra(files, config, layout, problems);
  return sources;
}

void CheckTypes(const WeightFiles& files, Problems* problems) {
  std::map<SafetensorsType, std::vector<std::string>> others;
  for (const auto& [name, tensor] : files.tensors) {
    if (!IsWeightType(tensor.type)) others[tensor.type].push_back(name);
  }
  for (const auto& [type, names] : others) {
    problems->Add(Concat("weights: ", SomeOf(names), names.size() == 1 ? " is" : " are", " stored as ",
                         NameOf(type),
                         ", only F32, BF16 and F16 are read; save the model in one of them, not quantized"));
  }
}

void CheckValues(const WeightFiles& files, const WeightSources& sources, ThreadPool* pool,
                 Problems* problems) {
  std::vector<Piece> pieces;
  for (const SafetensorsTensor* source : sources) {
    if (source != nullptr) AddPieces(*source, nullptr, &pieces);
  }
  for (const auto& [name, tensor] : files.tensors) {
    if (sources.empty() && IsWeightType(tensor.type)) AddPieces(tensor, nullptr, &pieces);
  }
  ReadAll(&pieces, pool, problems);
}

Slab LoadWeights(const WeightSources& sources, const SlabLayout& layout, ThreadPool* pool,
                 Problems* problems) {
  Slab slab(layout.size());
  std::vector<Piece> pieces;
  for (size_t i = 0; i < sources.size(); ++i) {
    AddPieces(*sources[i], slab.data() + layout.tensors()[i].offset, &pieces);
  }
  ReadAll(&pieces, pool, problems);
  return slab;
}

SlabDigest DigestWeights(const WeightSources& sources, const SlabLayout& layout, ThreadPool* pool) {
  constexpr int64_t kChunkFloats = kSlabChunkBytes / sizeof(float);
  const int64_t chunks = (layout.size() + kChunkFloats - 1) / kChunkFloats;
  SlabDigest digest;
  digest.chunks.resize(static_cast<size_t>(chunks));
  pool->Run(static_cast<int>(chunks), [&](int chunk) {
    const int64_t begin = chunk * kChunkFloats;
    std::vector<float> floats(static_cast<size_t>(std::min(kChunkFloats, layout.size() - begin)));
    ReadRange(sources, layout, begin, floats);
    digest.chunks[static_cast<size_t>(chunk)] =
        Sha256({reinterpret_cast<const char*>(floats.data()), floats.size() * sizeof(float)});
  });
  digest.version = VersionDigest(digest.chunks);
  return digest;
}

}  // namespace rubato
