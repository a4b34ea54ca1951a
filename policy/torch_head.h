#pragma once

#include <cstdint>
#include <span>

#include "policy/score.h"

namespace at {
class Tensor;
}

namespace rubato {

// Log-prob of targets[i] and entropy of the distribution softmax(hidden[i] . head^T / temperature), in nats,
// appended to `scores`.  hidden [rows, hidden] and head [vocab, hidden] are of one type and device.  Goes
// over the rows in chunks whose fp32 logits take at most `logits_bytes`, or those of one row: the logits of
// all rows never exist.  Throws what LibTorch throws.
void ScoreHidden(const at::Tensor& hidden, const at::Tensor& head, std::span<const int64_t> targets,
                 float temperature, int64_t logits_bytes, TokenScores* scores);

}  // namespace rubato
