// CRC-32C (Castagnoli), as in iSCSI, ext4 and LevelDB.  Pure functions; uses the processor's instruction if
// it has it.

#pragma once

#include <cstdint>
#include <string_view>

namespace rubato {

uint32_t Crc32c(std::string_view bytes);

// The CRC of A followed by `bytes`, when `crc` is the CRC of A.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

}  // namespace rubato
