// Numbers as little-endian bytes, as they travel in messages and lie in files.  Pure functions.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

static_assert(std::endian::native == std::endian::little, "packing copies memory; this machine needs a swap");

// Appends the bytes of one number.
template <typename T>
requires std::is_arithmetic_v<T>
void AppendNumber(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

// The number whose bytes begin at `bytes`; sizeof(T) of them must be there.
template <typename T>
requires std::is_arithmetic_v<T> T LoadNumber(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

std::string PackInt32(std::span<const int32_t> values);
std::string PackFloat(std::span<const float> values);
std::string PackDouble(std::span<const double> values);

// INVALID_ARGUMENT when the size is not a multiple of the element's.  NaN bits are kept.
absl::StatusOr<std::vector<int32_t>> UnpackInt32(std::string_view bytes);
absl::StatusOr<std::vector<float>> UnpackFloat(std::string_view bytes);
absl::StatusOr<std::vector<double>> UnpackDouble(std::string_view bytes);

}  // namespace rubato
