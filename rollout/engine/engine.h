#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/digest.h"
#include "common/rng.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_digest.h"
#include "policy/unused_ids.h"
#include "proto/identity.pb.h"
#include "proto/sample.pb.h"
#include "stats/attention_record.h"
#include "stats/capture.h"

namespace rubato {

// How much one engine holds at a time, and how it works.
struct EngineOptions {
  int max_sequences = 64;        // that decode together; more samples wait in the engine
  int64_t kv_bytes = 256 << 20;  // budget of the KV cache
  int threads = 1;
  int prefill_rows_per_step = 256;  // prompt tokens run per step beside the decode rows
  UnusedIds unused_ids = {};        // never sampled, and no part of the distribution; of the model's table
};

// One sample to be generated.  The stream keys its randomness: run seed and WorkKey, nothing else.
struct SampleTask {
  uint64_t tag = 0;  // the caller's; comes back with the result
  PhiloxKey stream;
};

// Samples that share a prompt: it is prefilled once, its full pages are shared.
struct GroupTask {
  std::vector<int32_t> prompt_ids;  // not empty
  std::vector<SampleTask> samples;  // not empty
  SamplingParams sampling;
  std::optional<Capture> capture;  // absent: measure nothing
};

struct FinishedSample {
  uint64_t tag = 0;
  std::vector<int32_t> tokens;   // the response, with its end token if it has one
  std::vector<float> logprobs;   // log softmax(logits / T)[token] over the ids that are not
                                 // EngineOptions::unused_ids; no filter exists, so also what sampled it
  std::vector<float> entropies;  // of that distribution
  FinishReason finish_reason = FINISH_REASON_UNSPECIFIED;
  std::vector<VersionSpan> version_spans;    // first_token counts from the response's first
  std::optional<AttentionRecord> attention;  // present if measured
};

// Continuous batching on one model: groups are added at any time, every Step() brings each live sequence one
// token further, finished samples are taken out.  What is sampled depends on weights, prompt, sampling
// parameters and stream alone, not on capacity, company or arrival.
//
// One thread owns it.  Holds the slab that it serves, so that its bytes can be handed to others (weights()).
class Engine {
 public:
  static absl::StatusOr<std::unique_ptr<Engine>> Create(const ModelConfig& config,
                                                        const EngineOptions& options);
  virtual ~Engine() = default;

  // Serves `weights` from the next step on, as `version` (whose digest the caller has verified against the
  // slab). Sequences in flight keep their KV and go on under the new weights; callers that must not mix
  // versions swap when live_samples() is 0.  Prompts that wait are prefilled again.  INVALID_ARGUMENT: a slab
  // of another size.
  virtual absl::Status SetWeights(std::shared_ptr<const Slab> weights, const WeightVersion& version) = 0;

  // Digest of the very memory that is multiplied with: the packed panels, unpacked and hashed.
  virtual SlabDigest DigestServed() const = 0;

  virtual std::shared_ptr<const Slab> weights() const = 0;  // null before the first SetWeights
  virtual const WeightVersion& version() const = 0;

  // Queues a group.  INVALID_ARGUMENT, naming the value: it could never run here (empty prompt, an id outside
  // the vocabulary, longer than the model's positions or than the KV budget, a capture the model does not
  // fit).
  virtual absl::Status AddGroup(GroupTask group) = 0;

  // Drops the samples with these tags, waiting or live; unknown tags are ignored.
  virtual void Cancel(const std::vector<uint64_t>& tags) = 0;

  // One step for everything: starts what fits, prefills, decodes one token per live sequence, runs last rows.
  // FAILED_PRECONDITION before the first SetWeights.  Without work it does nothing.
  virtual absl::Status Step() = 0;

  virtual std::vector<FinishedSample> TakeFinished() = 0;

  virtual int live_samples() const = 0;          // hold KV
  virtual int waiting_samples() const = 0;       // queued
  virtual int64_t generated_tokens() const = 0;  // since creation
};

}  // namespace rubato
