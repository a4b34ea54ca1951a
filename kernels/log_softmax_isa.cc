#include "kernels/log_softmax_isa.h"

#include "kernels/simd.h"

namespace rubato::RUBATO_ISA {
namespace {

// The first n lanes of a, then `filler`.
RUBATO_INLINE Vec16 FillTail(Vec16 a, int n, float filler) {
  if (n == 16) return a;
  float lanes[16];
  Store16(Set16(filler), lanes);
  Store16(a, lanes, n);
  return Load16(lanes);
}

float LargestLogit(const float* logits, int vocab) {
  constexpr float kLowest = -3.40282347e38f;
  Vec16 largest = Set16(kLowest);
  ForEach16(vocab,
            [&](int i, int n) { largest = Max(FillTail(LoadSome(logits + i, n), n, kLowest), largest); });
  return Largest(largest);
}

// logits / T - m for 16 entries; the missing ones so low that their exponential is 0.
RUBATO_INLINE Vec16 Shifted(const float* logits, int n, Vec16 inverse_temperature, Vec16 m) {
  return FillTail(LoadSome(logits, n) * inverse_temperature - m, n, -1000.0f);
}

}  // namespace

void ScoreToken(const float* logits, int vocab, float inverse_temperature, int token, TokenScore* score) {
  const float m = LargestLogit(logits, vocab) * inverse_temperature;
  Vec16 sum = Set16(0.0f);
  Vec16 weighted = Set16(0.0f);
  ForEach16(vocab, [&](int i, int n) {
    const Vec16 z = Shifted(logits + i, n, Set16(inverse_temperature), Set16(m));
    const Vec16 e = Exp(z);
    sum = sum + e;
    weighted = Fma(e, z, weighted);
  });
  const float total = Sum(sum);
  const float log_total = LogOf(total);
  score->logprob = (logits[token] * inverse_temperature - m) - log_total;
  score->entropy = log_total - Sum(weighted) / total;
  score->lse = m + log_total;
}

void ScoreTokenBackward(const float* logits, int vocab, float inverse_temperature, int token, float lse,
                        float coefficient, float* dlogits) {
  const Vec16 inverse = Set16(inverse_temperature);
  const Vec16 scale = Set16(coefficient * inverse_temperature);
  const Vec16 own = (Exp(Set16(logits[token]) * inverse - Set16(lse)) - Set16(1.0f)) * scale;
  ForEach16(vocab, [&](int i, int n) {
    StoreSome(Exp(LoadSome(logits + i, n) * inverse - Set16(lse)) * scale, dlogits + i, n);
  });
  Store16(own, dlogits + token, 1);
}

int DrawToken(const float* logits, int vocab, float inverse_temperature, double uniform) {
  const Vec16 inverse = Set16(inverse_temperature);
  const Vec16 m = Set16(LargestLogit(logits, vocab) * inverse_temperature);
  double total = 0;
  ForEach16(vocab, [&](int i, int n) { total += Sum(Exp(Shifted(logits + i, n, inverse, m))); });
  const double target = uniform * total;
  // Rounding may leave the last block short of the target; then the last token with mass is the one.
  double before = 0;
  int last = 0;
  for (int block = 0; block < vocab; block += 16) {
    const int n = vocab - block < 16 ? vocab - block : 16;
    const Vec16 e = Exp(Shifted(logits + block, n, inverse, m));
    const double mass = Sum(e);
    const bool here = before + mass > target;
    float lanes[16];
    Store16(e, lanes);
    double cumulated = before;
    for (int i = 0; i < n; ++i) {
      if (lanes[i] == 0.0f) continue;
      last = block + i;
      if (!here) continue;
      cumulated += lanes[i];
      if (cumulated > target) return last;
    }
    if (here) return last;
    before += mass;
  }
  return last;
}

}  // namespace rubato::RUBATO_ISA
