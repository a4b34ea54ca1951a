#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "policy/safetensors_type.h"

namespace rubato {

// Conversions between fp32 and what weights are on disk.  Pure functions over whole arrays, at memory speed;
// `type` is a weight type, bytes are little-endian and may have any alignment.

// Exact for every weight type.
void ToFloats(SafetensorsType type, const unsigned char* bytes, std::span<float> out);

// Rounds to nearest, ties to even; writes values.size() * BytesPerElement(type) bytes.  NaN stays NaN, and
// what is too large becomes infinite: ask FirstTooLarge.
void FromFloats(std::span<const float> values, SafetensorsType type, unsigned char* bytes);

// Where the first NaN or infinity is; nothing if all values are finite.
std::optional<size_t> FirstNonFinite(std::span<const float> values);

// Where the first finite value is that would become infinite: from 65520 on in F16, close to FLT_MAX in BF16.
std::optional<size_t> FirstTooLarge(std::span<const float> values, SafetensorsType type);

}  // namespace rubato
