#include "kernels/attention_backward_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {

void AttentionGradients(const AttentionGradientBlock& block) {
  const Vec16 scale = Set16(block.scale);
  for (int row = 0; row < block.rows; ++row) {
    float* const scores = block.scores + row * block.stride;
    float* const gradients = block.gradients + row * block.stride;
    const Vec16 lse = Set16(block.lse[row * block.lse_stride]);
    const Vec16 delta = Set16(block.delta[row]);
    const int last = block.first_row + row;  // the last key the row sees
    const int seen = last + 1 < block.keys ? last + 1 : block.keys;
    ForEach16(seen, [&](int i, int n) {
      const Vec16 p = Exp(LoadSome(scores + i, n) * scale - lse);
      StoreSome(p, scores + i, n);
      StoreSome(p * (LoadSome(gradients + i, n) - delta) * scale, gradients + i, n);
    });
    for (int i = seen; i < block.keys; ++i) scores[i] = gradients[i] = 0.0f;
  }
}

float DotProduct(const float* a, const float* b, int count) {
  Vec16 sum = Set16(0.0f);
  ForEach16(count, [&](int i, int n) { sum = Fma(LoadSome(a + i, n), LoadSome(b + i, n), sum); });
  return Sum(sum);
}

}  // namespace rubato::RUBATO_ISA
