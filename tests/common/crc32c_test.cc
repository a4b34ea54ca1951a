#include "common/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace rubato {
namespace {

// Bit by bit, straight from the polynomial.
uint32_t SlowCrc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (unsigned char byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, HasTheValuesOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32c, EqualsTheSlowTextOnEveryLength) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Crc32c(bytes), SlowCrc32c(bytes)) << bytes.size();
    bytes += static_cast<char>(i * 37 + 11);
  }
}

TEST(Crc32c, GoesOnWhereItStopped) { EXPECT_EQ(ExtendCrc32c(Crc32c("12345"), "6789"), Crc32c("123456789")); }

}  // namespace
}  // namespace rubato
