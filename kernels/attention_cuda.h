#pragma once

// Decode attention on a CUDA device, which also measures WAAD (C5 in docs/credit.md), FAI (C6) and the sum
// behind the head distance (C2): the twin of Attention() in attention.h for one row of each of many
// sequences.
//
//   out[r, h] = sum_s A[s] v[s],  A = softmax over s = 0..position[r] of scale * (q[r, h] . k[s])
//
// Keys and values are fp32 or bf16 in pages of 64 positions; queries, outputs, all arithmetic and all
// statistics are fp32, the sum over rows behind C2 fp64.  Exponentials are to base 2 inside; what comes out
// has no logarithm.  The bits of a row depend on `splits` and on nothing else in the call; they are not those
// of the CPU. With or without statistics they are the same.
//
// All pointers are device memory of the caller and stay valid until the stream has passed the call.  Nothing
// is allocated and nothing waits, so calls can be captured in a CUDA graph.  Thread-safe for different
// streams and memory.
//
// Rows of one measured sequence come in ascending order without gaps from position P on, at most one in a
// call; batches may change from call to call, a sequence keeps its slot.

#include "absl/status/status.h"
#include "kernels/attention_launch_cuda.h"

namespace rubato {

// 4 * rows * heads * (splits * (4 + head_dim) + (measured ? ring_slots : 0)).
size_t AttentionWorkspaceBytesCuda(const AttentionCallCuda& call);

// Splits that give each of `multiprocessors` about two blocks, at least two tiles of the longest row each.
int SplitsForCuda(const AttentionCallCuda& call, int longest_row_tokens, int multiprocessors);

// Enqueues on `stream`, a cudaStream_t; null is the default stream.  No rows: does nothing.
//   INVALID_ARGUMENT    a shape or a pointer is wrong, by name; what lies in device memory is not looked at
//   FAILED_PRECONDITION the device refused the launch
//   UNIMPLEMENTED       the build has no CUDA
absl::Status AttentionCuda(const AttentionCallCuda& call, void* stream);

// Completes the FAI of responses that end: the mean over the rows that exist, NaN where there are none.  Once
// a response, after its last row; then its slot may go to another sequence.
absl::Status FinishAttentionStatsCuda(const AttentionFinishCuda& call, void* stream);

}  // namespace rubato
