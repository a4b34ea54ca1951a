#include "common/rng.h"

#include "common/bytes.h"
#include "common/digest.h"

namespace rubato {
namespace {

constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;

}  // namespace

PhiloxBlock Philox(const PhiloxKey& key, const PhiloxCounter& counter) {
  uint32_t k0 = key.k[0], k1 = key.k[1];
  PhiloxBlock x = counter;
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{kMultiplier0} * x[0];
    const uint64_t p1 = uint64_t{kMultiplier1} * x[2];
    x = {static_cast<uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<uint32_t>(p0)};
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return x;
}

PhiloxKey PhiloxKeyFrom(uint64_t value) {
  return {{static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)}};
}

float UniformFloat(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

double UniformDouble(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

uint64_t UniformIndex(uint64_t bits, uint64_t n) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(bits) * n) >> 64);
}

uint64_t Low64(const PhiloxBlock& block) { return block[0] | uint64_t{block[1]} << 32; }

uint64_t High64(const PhiloxBlock& block) { return block[2] | uint64_t{block[3]} << 32; }

uint64_t Hash64(std::string_view bytes) {
  const Digest digest = Sha256(bytes);
  return LoadNumber<uint64_t>(reinterpret_cast<const char*>(digest.data()));
}

}  // namespace rubato
