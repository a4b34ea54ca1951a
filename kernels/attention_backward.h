#pragma once

// The gradient of causal attention for one whole sequence, recomputing the probabilities from the log-sum-exp
// that Attention() returned; no [tokens, tokens] map is stored.
//
// Deterministic: for given inputs the bits repeat on every run and every instruction set.  Any thread.

#include "kernels/attention.h"

namespace rubato {

// Row i of each array belongs to position i of the sequence, 0 <= i < tokens.  Strides in floats.
struct AttentionBackwardArgs {
  int tokens = 0;
  const float* q = nullptr;  // [tokens, heads * head_dim]
  int q_stride = 0;
  const float* k = nullptr;     // [tokens, kv_heads * head_dim], after RoPE
  const float* v = nullptr;     // [tokens, kv_heads * head_dim]
  int kv_stride = 0;            // of k and v
  const float* out = nullptr;   // [tokens, heads * head_dim], from Attention()
  const float* dout = nullptr;  // the same shape
  int out_stride = 0;           // of out and dout
  const float* lse = nullptr;   // [tokens, heads], contiguous
  float* dq = nullptr;          // [tokens, heads * head_dim], overwritten
  int dq_stride = 0;
  float* dk = nullptr;  // [tokens, kv_heads * head_dim], overwritten
  float* dv = nullptr;  // [tokens, kv_heads * head_dim], overwritten
  int dkv_stride = 0;   // of dk and dv
};

void AttentionBackward(const AttentionShape& shape, const AttentionBackwardArgs& args);

}  // namespace rubato
