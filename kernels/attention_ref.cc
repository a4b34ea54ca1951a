#include "kernels/attention_ref.h"

#include <algorithm>
#include <cmath>

namespace rubato {

AttentionRef ComputeAttentionRef(const double* q, const double* k, const double* v, int tokens, int head_dim,
                                 double scale) {
  const size_t n = static_cast<size_t>(tokens);
  const size_t dim = static_cast<size_t>(head_dim);
  AttentionRef ref{std::vector<double>(n * n), std::vector<double>(n * dim), std::vector<double>(n)};
  for (size_t t = 0; t < n; ++t) {
    double* row = &ref.map[t * n];
    double largest = -INFINITY;
    for (size_t s = 0; s <= t; ++s) {
      for (size_t d = 0; d < dim; ++d) row[s] += q[t * dim + d] * k[s * dim + d];
      row[s] *= scale;
      largest = std::max(largest, row[s]);
    }
    double sum = 0;
    for (size_t s = 0; s <= t; ++s) sum += std::exp(row[s] - largest);
    ref.lse[t] = largest + std::log(sum);
    for (size_t s = 0; s <= t; ++s) {
      row[s] = std::exp(row[s] - ref.lse[t]);
      for (size_t d = 0; d < dim; ++d) ref.out[t * dim + d] += row[s] * v[s * dim + d];
    }
  }
  return ref;
}

}  // namespace rubato
