#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "kernels/parallel.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "policy/response_capture.h"

namespace rubato {

// One token to run through the model, at the end of its sequence.
struct TokenRow {
  enum class Until {
    kLogits,         // the whole model; its logits are asked for
    kKeysAndValues,  // as far as later rows of the sequence need it (a prompt token before the last)
    kLastSampled,    // up to the last sampled layer of `capture`, which must be given: the last row of a
                     // response (credit.md section 1).  The sequence can only be released afterwards.
  };
  KvSequence* sequence = nullptr;
  int32_t token = 0;
  Until until = Until::kLogits;
  ResponseCapture* capture = nullptr;  // not null: measure this row.  Not with kKeysAndValues.
};

// Runs token rows through a model.  Decode, prefill and score are this one call: the same weights and the
// same past give a row the same bits, whatever else is in the call, on any number of threads (numerics
// contract in kernels/).
//
// Borrows model and cache; owns its threads and scratch memory that grows to the largest call.  One call at a
// time.
class Decoder {
 public:
  Decoder(const Model* model, KvCache* cache, int threads);
  ~Decoder();

  // Appends every row to its sequence and runs all of them together.  Rows of one sequence stand next to each
  // other, in the order of their positions.  INVALID_ARGUMENT: a token outside the vocabulary, a position
  // beyond the model's. RESOURCE_EXHAUSTED: too few free pages.  Either changes nothing.
  absl::Status Forward(std::span<const TokenRow> rows);

  // Logits of row `row` of the last call, [vocab]; the row must have asked for them.  They are computed for a
  // few rows at a time (LogitRowsPerChunk), so that memory does not grow with rows times vocabulary: ask in
  // ascending order, and be done with one row before asking for the next, which may take its place.
  std::span<float> logits(size_t row);

  const Model& model() const { return *model_; }
  KvCache& cache() { return *cache_; }
  // Its threads, for work between two calls; null: one thread.
  ThreadPool* pool() { return pool_.get(); }

 private:
  struct Workspace;

  absl::Status Admit(std::span<const TokenRow> rows);
  void Order(std::span<const TokenRow> rows);
  void ProjectKeysAndValues(const ModelLayer& layer, int layer_index, int rows);
  void Attend(int layer_index, int rows);
  void FeedForward(const ModelLayer& layer, int rows);
  void ComputeLogits(int64_t first);

  const Model* model_;
  KvCache* cache_;
  std::unique_ptr<ThreadPool> pool_;  // null: one thread
  std::unique_ptr<Workspace> work_;
};

}  // namespace rubato
