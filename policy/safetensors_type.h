#pragma once

#include <optional>
#include <string_view>

namespace rubato {

// Every element type that a .safetensors file may name, so that one we do not compute with can be refused by
// its name.
enum class SafetensorsType {
  kF32,
  kBf16,
  kF16,
  kF64,
  kF8E4M3,
  kF8E5M2,
  kF8E8M0,
  kF8E4M3Fnuz,
  kF8E5M2Fnuz,
  kF6E2M3,
  kF6E3M2,
  kF4,
  kC64,
  kI64,
  kI32,
  kI16,
  kI8,
  kU64,
  kU32,
  kU16,
  kU8,
  kBool,
};

std::string_view NameOf(SafetensorsType type);  // "F32", "BF16", "F8_E4M3"
std::optional<SafetensorsType> SafetensorsTypeNamed(std::string_view name);

// Of one element; F4 and F6 pack several into bytes.
int BitsOf(SafetensorsType type);

// F32, BF16 and F16: what weights are read from and written as.
bool IsWeightType(SafetensorsType type);
// Of a weight type.
inline int BytesPerElement(SafetensorsType type) { return BitsOf(type) / 8; }

}  // namespace rubato
