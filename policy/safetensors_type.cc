#include "policy/safetensors_type.h"

#include <array>

namespace rubato {

namespace {

struct Row {
  SafetensorsType type;
  std::string_view name;
  int bits;
};

// In the order of the enumeration.
constexpr std::array kRows = {
    Row{SafetensorsType::kF32, "F32", 32},
    Row{SafetensorsType::kBf16, "BF16", 16},
    Row{SafetensorsType::kF16, "F16", 16},
    Row{SafetensorsType::kF64, "F64", 64},
    Row{SafetensorsType::kF8E4M3, "F8_E4M3", 8},
    Row{SafetensorsType::kF8E5M2, "F8_E5M2", 8},
    Row{SafetensorsType::kF8E8M0, "F8_E8M0", 8},
    Row{SafetensorsType::kF8E4M3Fnuz, "F8_E4M3FNUZ", 8},
    Row{SafetensorsType::kF8E5M2Fnuz, "F8_E5M2FNUZ", 8},
    Row{SafetensorsType::kF6E2M3, "F6_E2M3", 6},
    Row{SafetensorsType::kF6E3M2, "F6_E3M2", 6},
    Row{SafetensorsType::kF4, "F4", 4},
    Row{SafetensorsType::kC64, "C64", 64},
    Row{SafetensorsType::kI64, "I64", 64},
    Row{SafetensorsType::kI32, "I32", 32},
    Row{SafetensorsType::kI16, "I16", 16},
    Row{SafetensorsType::kI8, "I8", 8},
    Row{SafetensorsType::kU64, "U64", 64},
    Row{SafetensorsType::kU32, "U32", 32},
    Row{SafetensorsType::kU16, "U16", 16},
    Row{SafetensorsType::kU8, "U8", 8},
    Row{SafetensorsType::kBool, "BOOL", 8},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].type) != i) return false;
  }
  return true;
}
static_assert(InOrder());

const Row& RowOf(SafetensorsType type) { return kRows[static_cast<size_t>(type)]; }

}  // namespace

std::string_view NameOf(SafetensorsType type) { return RowOf(type).name; }

std::optional<SafetensorsType> SafetensorsTypeNamed(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

int BitsOf(SafetensorsType type) { return RowOf(type).bits; }

bool IsWeightType(SafetensorsType type) {
  return type == SafetensorsType::kF32 || type == SafetensorsType::kBf16 || type == SafetensorsType::kF16;
}

}  // namespace rubato
