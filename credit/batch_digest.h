// What makes two batches the same: SHA-256 over a canonical writing of all their samples and normalisers.
// A pure function; any thread.
//
// Little-endian: the text "rubato batch 1", step, normalisers; then per sample, in canonical order, key,
// advantage, temperature, staleness, oldest version, token weights and segments, each run of bytes behind its
// length.  Which lineage trains it is left out: a replay trains the same batch in another one.

#pragma once

#include <cstdint>
#include <span>

#include "common/digest.h"
#include "proto/learner.pb.h"

namespace rubato {

Digest BatchDigest(uint64_t step, const BatchNormalizers& normalizers, std::span<const BatchSample> samples);

}  // namespace rubato
