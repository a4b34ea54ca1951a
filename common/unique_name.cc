#include "common/unique_name.h"

#include <random>

namespace rubato {

std::string UniqueName() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string name;
  for (int word = 0; word < 2; ++word) {
    for (uint32_t bits = device(), i = 0; i < 8; ++i, bits >>= 4) name += kDigits[bits & 15];
  }
  return name;
}

}  // namespace rubato
