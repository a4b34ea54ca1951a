// Randomness as a function: Philox4x32-10 (Salmon et al. 2011) of a key and a counter.  Nothing here has
// state, so what is drawn never depends on who draws first.  The same on every machine.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rubato {

struct PhiloxKey {
  uint32_t k[2] = {0, 0};
};

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxBlock = std::array<uint32_t, 4>;

// 128 random bits.
PhiloxBlock Philox(const PhiloxKey& key, const PhiloxCounter& counter);

// The key whose words are the low and the high half of `value`.
PhiloxKey PhiloxKeyFrom(uint64_t value);

// Uniform on the multiples of 2^-24 in [0, 1).
float UniformFloat(uint32_t bits);
// Uniform on the multiples of 2^-53 in [0, 1).
double UniformDouble(uint64_t bits);
// Uniform on 0..n-1, up to a bias of n / 2^64, by 64-bit multiply-high; n > 0.
uint64_t UniformIndex(uint64_t bits, uint64_t n);

// Words of a block as 64 bits, low word first.
uint64_t Low64(const PhiloxBlock& block);
uint64_t High64(const PhiloxBlock& block);

// The first 8 bytes of SHA-256, little-endian: the same forever, on every machine.
uint64_t Hash64(std::string_view bytes);

}  // namespace rubato
