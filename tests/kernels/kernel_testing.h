#pragma once

// What the tests of the kernels share: inputs, instruction sets, comparisons.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "kernels/isa.h"

namespace rubato {

// Tolerances of fp32 kernels against a double reference, |x - ref| <= tolerance * (1 + |ref|).
constexpr double kTolerance = 1e-5;
constexpr double kGradientTolerance = 5e-5;

inline std::vector<float> Normals(unsigned seed, size_t count, float deviation = 1.0f) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0f, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

inline std::vector<double> ToDouble(std::span<const float> values) { return {values.begin(), values.end()}; }

// Calls compute() on every instruction set of this machine and expects the same bits from all.  Returns them.
template <typename Compute>
std::vector<float> SameOnEveryIsa(Compute compute) {
  std::vector<float> expected;
  for (Isa isa : SupportedIsas()) {
    const ScopedIsa scoped(isa);
    const std::vector<float> actual = compute();
    if (isa == Isa::kScalar) {
      expected = actual;
      continue;
    }
    EXPECT_EQ(actual.size(), expected.size());
    EXPECT_EQ(0, std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)))
        << IsaName(isa) << " differs from the scalar text";
  }
  return expected;
}

inline testing::AssertionResult SameBits(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size())
    return testing::AssertionFailure() << a.size() << " against " << b.size() << " values";
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
      return testing::AssertionFailure() << "value " << i << ": " << a[i] << " against " << b[i];
    }
  }
  return testing::AssertionSuccess();
}

// NaN is close to NaN alone.
inline testing::AssertionResult AllClose(std::span<const float> actual, std::span<const double> reference,
                                         double tolerance = kTolerance) {
  if (actual.size() != reference.size()) {
    return testing::AssertionFailure() << actual.size() << " against " << reference.size() << " values";
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(actual[i]) && std::isnan(reference[i])) continue;
    const double difference = std::abs(actual[i] - reference[i]);
    if (!(difference <= tolerance * (1 + std::abs(reference[i])))) {
      return testing::AssertionFailure() << "value " << i << ": " << actual[i] << " against " << reference[i];
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace rubato
