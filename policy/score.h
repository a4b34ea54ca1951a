#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/decoder.h"

namespace rubato {

// The log-probs of given tokens, and the entropies of the distributions that could have emitted them.
struct TokenScores {
  std::vector<float> logprobs;   // log softmax(logits / T)[token], nats, one per scored token
  std::vector<float> entropies;  // of softmax(logits / T), nats
};

// Whether ids[first..] can be scored at `temperature`.  INVALID_ARGUMENT: first < 1, first > ids.size(), an
// id outside the vocabulary, more tokens before the last than the model has positions, a temperature that is
// not positive.
absl::Status CheckScorable(const ModelConfig& config, std::span<const int32_t> ids, int64_t first,
                           float temperature);

// Scores ids[first..] given all that stands before each, in prefill chunks of at most `chunk_rows` rows, so
// that neither activations nor logits grow with the sequence.  Results do not depend on the chunk, bit for
// bit, and equal those that decoding the same tokens gave.  INVALID_ARGUMENT as of CheckScorable;
// RESOURCE_EXHAUSTED: too few free pages in the decoder's cache.  Uses the decoder's scratch memory: one call
// at a time.
absl::StatusOr<TokenScores> ScoreTokens(Decoder* decoder, std::span<const int32_t> ids, int64_t first,
                                        float temperature, int chunk_rows = 64);

}  // namespace rubato
