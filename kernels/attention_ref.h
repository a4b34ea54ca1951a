#pragma once

// Causal attention of one query head with its whole map, in double, as the textbook has it.  For
// tests and audits.

#include <vector>

namespace rubato {

struct AttentionRef {
  std::vector<double> map;  // [tokens, tokens]; rows sum to 1, zero above the diagonal
  std::vector<double> out;  // [tokens, head_dim]
  std::vector<double> lse;  // [tokens]
};

// q, k, v: [tokens, head_dim].
AttentionRef ComputeAttentionRef(const double* q, const double* k, const double* v, int tokens, int head_dim,
                                 double scale);

}  // namespace rubato
