#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "policy/kv_cache.h"
#include "policy/model.h"

namespace rubato {

class ResponseCapture;  // statistics of one response in flight

// One token to run through the model.
struct TokenRow {
  enum class Until {
    kLogits,         // the whole model; its logits are asked for
    kKeysAndValues,  // the whole body; nothing is asked for (a prompt token but the last)
    kLastSampled,    // up to the last sampled layer: the last row of a response (credit.md section 1)
  };
  KvSequence* sequence = nullptr;  // the row stands at its end
  int32_t token = 0;
  Until until = Until::kLogits;
  ResponseCapture* capture = nullptr;  // not null: measure this row in the sampled layers
};

// Runs token rows through a model: decode, prefill and score are this one call, so the same weights and the
// same past give a row the same bits, whatever else is in the call, on any number of threads (architecture.md
// section 8).
//
// Borrows model and cache; owns scratch memory that grows to the largest call.  One call at a time.
class Decoder {
 public:
  Decoder(const Model* model, KvCache* cache, int threads);
  ~Decoder();

  // Appends every row to its sequence and runs all of them together.  Rows of one sequence stand next to each
  // other in the order of their positions.  logits(i) then holds row i's.  INVALID_ARGUMENT: a token outside
  // the vocabulary, a position beyond the RoPE table.  RESOURCE_EXHAUSTED: too few free pages.  Either
  // changes nothing.
  absl::Status Forward(std::span<const TokenRow> rows);

  // Logits of row `row` of the last call, [vocab]; the row must have asked for them.  Valid until the next
  // call.
  std::span<const float> logits(int64_t row) const;

  const Model& model() const;
  KvCache& cache();

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace rubato
