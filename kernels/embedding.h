#pragma once

// Rows of an embedding table, fetched by token id, and the gradient of that.  Any thread.

#include <cstdint>

namespace rubato {

// out[i, :] = table[ids[i], :].  table [vocab, dim], out [count, dim].  Ids must be in [0, vocab).
void GatherEmbedding(const float* table, int dim, const int32_t* ids, int count, float* out);

// dtable[ids[i], :] += dout[i, :], in ascending i, so that repeated ids add up in one order.
void ScatterAddEmbedding(const float* dout, int dim, const int32_t* ids, int count, float* dtable);

}  // namespace rubato
