#include "common/random_stream.h"

#include <cmath>
#include <numbers>

namespace rubato {

RandomStream::RandomStream(uint64_t seed, std::string_view purpose)
    : key_(PhiloxKeyFrom(seed)), stream_(Hash64(purpose)) {}

uint64_t RandomStream::Next() {
  const uint64_t n = draws_++;
  const PhiloxKey stream = PhiloxKeyFrom(stream_), block = PhiloxKeyFrom(n / 2);
  const PhiloxBlock bits = Philox(key_, {block.k[0], block.k[1], stream.k[0], stream.k[1]});
  return n % 2 == 0 ? Low64(bits) : High64(bits);
}

uint64_t RandomStream::Below(uint64_t n) { return UniformIndex(Next(), n); }

double RandomStream::Uniform() { return UniformDouble(Next()); }

double RandomStream::Normal() {
  const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
  return radius * std::cos(2 * std::numbers::pi * Uniform());
}

}  // namespace rubato
