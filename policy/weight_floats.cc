#include "policy/weight_floats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace rubato {

namespace {

constexpr uint32_t kExponent = 0x7f800000;
constexpr uint32_t kMagnitude = 0x7fffffff;

float Bf16ToFloat(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

// Without branches: the exponent's bias differs by 112, which a product adds exactly, subnormals included.
float F16ToFloat(uint16_t half) {
  const uint32_t magnitude = uint32_t{half} & 0x7fff;
  const auto scaled = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude << 13) * 0x1p112f);
  const uint32_t special = magnitude >= 0x7c00 ? kExponent : 0;
  return std::bit_cast<float>(scaled | special | (uint32_t{half} & 0x8000) << 16);
}

uint16_t FloatToBf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const bool is_nan = (bits & kMagnitude) > kExponent;  // made quiet, or rounding could make it infinite
  return static_cast<uint16_t>(is_nan ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

uint16_t FloatToF16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & kMagnitude;
  // Below 2^-14 results are multiples of 2^-24, which is also what the last bit of 0.5 is worth.
  const uint32_t subnormal = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000;
  const uint32_t normal = (magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;
  uint32_t half = magnitude < 0x38800000 ? subnormal : normal;
  if (magnitude >= 0x47800000) half = magnitude > kExponent ? 0x7e00 : 0x7c00;
  return static_cast<uint16_t>(sign | half);
}

template <typename Convert>
void EachHalfToFloat(const unsigned char* bytes, std::span<float> out, Convert convert) {
  for (size_t i = 0; i < out.size(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, bytes + 2 * i, sizeof(bits));
    out[i] = convert(bits);
  }
}

template <typename Convert>
void EachFloatToHalf(std::span<const float> values, unsigned char* bytes, Convert convert) {
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t bits = convert(values[i]);
    std::memcpy(bytes + 2 * i, &bits, sizeof(bits));
  }
}

// The first value whose magnitude, as bits, lies in [least, below).  Looks at blocks, because finding where
// is rare and slow.
std::optional<size_t> FirstWithin(std::span<const float> values, uint32_t least, uint32_t below) {
  const auto within = [=](float value) {
    return (std::bit_cast<uint32_t>(value) & kMagnitude) - least < below - least;
  };
  constexpr size_t kBlock = 4096;
  for (size_t begin = 0; begin < values.size(); begin += kBlock) {
    const auto block = values.subspan(begin, std::min(kBlock, values.size() - begin));
    uint32_t any = 0;
    for (const float value : block) any |= within(value) ? 1 : 0;
    if (any == 0) continue;
    return begin + static_cast<size_t>(std::find_if(block.begin(), block.end(), within) - block.begin());
  }
  return std::nullopt;
}

}  // namespace

void ToFloats(SafetensorsType type, const unsigned char* bytes, std::span<float> out) {
  if (out.empty()) return;
  switch (type) {
    case SafetensorsType::kBf16:
      return EachHalfToFloat(bytes, out, Bf16ToFloat);
    case SafetensorsType::kF16:
      return EachHalfToFloat(bytes, out, F16ToFloat);
    default:
      std::memcpy(out.data(), bytes, out.size_bytes());
  }
}

void FromFloats(std::span<const float> values, SafetensorsType type, unsigned char* bytes) {
  if (values.empty()) return;
  switch (type) {
    case SafetensorsType::kBf16:
      return EachFloatToHalf(values, bytes, FloatToBf16);
    case SafetensorsType::kF16:
      return EachFloatToHalf(values, bytes, FloatToF16);
    default:
      std::memcpy(bytes, values.data(), values.size_bytes());
  }
}

std::optional<size_t> FirstNonFinite(std::span<const float> values) {
  return FirstWithin(values, kExponent, uint32_t{1} << 31);
}

std::optional<size_t> FirstTooLarge(std::span<const float> values, SafetensorsType type) {
  switch (type) {
    case SafetensorsType::kBf16:
      return FirstWithin(values, 0x7f7f8000, kExponent);  // half a step above the largest BF16
    case SafetensorsType::kF16:
      return FirstWithin(values, std::bit_cast<uint32_t>(65520.0f), kExponent);
    default:
      return std::nullopt;
  }
}

}  // namespace rubato
