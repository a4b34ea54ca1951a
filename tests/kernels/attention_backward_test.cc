#include "kernels/attention_backward.h"

#include "tests/kernels/paged_sequence.h"

namespace rubato {
namespace {

struct Gradients {
  std::vector<float> dq, dk, dv;

  std::vector<float> Joined() const {
    std::vector<float> all = dq;
    all.insert(all.end(), dk.begin(), dk.end());
    all.insert(all.end(), dv.begin(), dv.end());
    return all;
  }
};

std::vector<float> Dout(const PagedSequence& sequence) {
  const AttentionShape& shape = sequence.shape();
  return Normals(99, static_cast<size_t>(sequence.tokens() * shape.heads * shape.kv.head_dim));
}

Gradients Backward(PagedSequence& sequence, const std::vector<float>& dout) {
  const AttentionShape& shape = sequence.shape();
  const int q_width = shape.heads * shape.kv.head_dim;
  const int kv_width = shape.kv.kv_heads * shape.kv.head_dim;
  Attention(shape, sequence.Rows(0, sequence.tokens()));
  // What was there before is overwritten.
  Gradients gradients{std::vector<float>(sequence.q().size(), 5.0f),
                      std::vector<float>(sequence.k().size(), 5.0f),
                      std::vector<float>(sequence.v().size(), 5.0f)};
  AttentionBackward(shape, {.tokens = sequence.tokens(),
                            .q = sequence.q().data(),
                            .q_stride = q_width,
                            .k = sequence.k().data(),
                            .v = sequence.v().data(),
                            .kv_stride = kv_width,
                            .out = sequence.out().data(),
                            .dout = dout.data(),
                            .out_stride = q_width,
                            .lse = sequence.lse().data(),
                            .dq = gradients.dq.data(),
                            .dq_stride = q_width,
                            .dk = gradients.dk.data(),
                            .dv = gradients.dv.data(),
                            .dkv_stride = kv_width});
  return gradients;
}

// The gradient of sum(out * dout) by the chain rule over dense maps, in double, joined like Gradients.
std::vector<double> DenseGradients(const PagedSequence& sequence, const AttentionShape& shape,
                                   const std::vector<double>& q, const std::vector<double>& k,
                                   const std::vector<double>& v, const std::vector<float>& dout) {
  const size_t n = static_cast<size_t>(sequence.tokens());
  const size_t dim = static_cast<size_t>(shape.kv.head_dim);
  const size_t heads = static_cast<size_t>(shape.heads);
  const size_t kv_heads = static_cast<size_t>(shape.kv.kv_heads);
  std::vector<double> dq(q.size()), dk(k.size()), dv(v.size());
  for (size_t head = 0; head < heads; ++head) {
    const AttentionRef ref = sequence.Reference(static_cast<int>(head));
    const auto query = [&](size_t t) { return (t * heads + head) * dim; };
    const auto key = [&](size_t s) { return (s * kv_heads + head / (heads / kv_heads)) * dim; };
    for (size_t t = 0; t < n; ++t) {
      double delta = 0;
      for (size_t d = 0; d < dim; ++d) delta += ref.out[t * dim + d] * dout[query(t) + d];
      for (size_t s = 0; s <= t; ++s) {
        const double p = ref.map[t * n + s];
        double dp = 0;
        for (size_t d = 0; d < dim; ++d) {
          dp += dout[query(t) + d] * v[key(s) + d];
          dv[key(s) + d] += p * dout[query(t) + d];
        }
        const double ds = p * (dp - delta) * shape.scale;
        for (size_t d = 0; d < dim; ++d) {
          dq[query(t) + d] += ds * k[key(s) + d];
          dk[key(s) + d] += ds * q[query(t) + d];
        }
      }
    }
  }
  dq.insert(dq.end(), dk.begin(), dk.end());
  dq.insert(dq.end(), dv.begin(), dv.end());
  return dq;
}

void ExpectDenseGradients(const AttentionShape& shape, int tokens) {
  PagedSequence sequence(shape, tokens, static_cast<unsigned>(tokens));
  const std::vector<float> dout = Dout(sequence);
  const std::vector<float> gradients = SameOnEveryIsa([&] { return Backward(sequence, dout).Joined(); });
  const std::vector<double> expected = DenseGradients(sequence, shape, ToDouble(sequence.q()),
                                                      ToDouble(sequence.k()), ToDouble(sequence.v()), dout);
  EXPECT_TRUE(AllClose(gradients, expected, kGradientTolerance)) << tokens << " tokens";
}

TEST(AttentionBackward, MatchesTheChainRuleOverDenseMaps) {
  for (int tokens : {1, 2, 31, 32, 33, 64, 65, 130}) ExpectDenseGradients(MakeShape(4, 2, 32), tokens);
}

TEST(AttentionBackward, MatchesTheChainRuleForAnyHeads) {
  for (int head_dim : {2, 12, 16, 36, 48, 64, 80, 128}) {
    for (int group : {1, 2, 4, 8}) ExpectDenseGradients(MakeShape(2 * group, 2, head_dim), 70);
  }
}

// The chain rule above is itself held against differences of the forward reference.
TEST(AttentionBackward, MatchesDifferencesOfTheForwardReference) {
  const int tokens = 12;
  const int dim = 16;
  PagedSequence sequence(MakeShape(1, 1, dim), tokens, 3);
  const std::vector<float> dout = Dout(sequence);
  const std::vector<float> gradients = Backward(sequence, dout).Joined();
  std::vector<double> point;
  for (const std::vector<float>* part : {&sequence.q(), &sequence.k(), &sequence.v()}) {
    point.insert(point.end(), part->begin(), part->end());
  }
  const size_t size = sequence.q().size();
  const auto loss = [&](const std::vector<double>& p) {
    const AttentionRef ref =
        ComputeAttentionRef(&p[0], &p[size], &p[2 * size], tokens, dim, sequence.shape().scale);
    double sum = 0;
    for (size_t i = 0; i < size; ++i) sum += ref.out[i] * dout[i];
    return sum;
  };
  std::vector<double> expected;
  for (size_t i = 0; i < point.size(); ++i) {
    std::vector<double> low = point, high = point;
    low[i] -= 1e-5;
    high[i] += 1e-5;
    expected.push_back((loss(high) - loss(low)) / 2e-5);
  }
  EXPECT_TRUE(AllClose(gradients, expected, kGradientTolerance));
}

}  // namespace
}  // namespace rubato
