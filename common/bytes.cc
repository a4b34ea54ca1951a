#include "common/bytes.h"

#include "common/concat.h"

namespace rubato {
namespace {

template <typename T>
std::string Pack(std::span<const T> values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

template <typename T>
absl::StatusOr<std::vector<T>> Unpack(std::string_view bytes, std::string_view type) {
  if (bytes.size() % sizeof(T) != 0) {
    return absl::InvalidArgumentError(
        Concat(bytes.size(), " bytes are no array of ", type, ", whose elements have ", sizeof(T), " bytes"));
  }
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

std::string PackInt32(std::span<const int32_t> values) { return Pack(values); }
std::string PackFloat(std::span<const float> values) { return Pack(values); }
std::string PackDouble(std::span<const double> values) { return Pack(values); }

absl::StatusOr<std::vector<int32_t>> UnpackInt32(std::string_view bytes) {
  return Unpack<int32_t>(bytes, "int32");
}
absl::StatusOr<std::vector<float>> UnpackFloat(std::string_view bytes) {
  return Unpack<float>(bytes, "float");
}
absl::StatusOr<std::vector<double>> UnpackDouble(std::string_view bytes) {
  return Unpack<double>(bytes, "double");
}

}  // namespace rubato
