#pragma once

#include <string>
#include <vector>

namespace rubato {

// A .safetensors file of this header and so many bytes of data.
std::string SafetensorsBytes(const std::string& header, size_t data_bytes);

// A file that a broken or hostile writer could make, and part of what must be said of it.
struct HostileFile {
  const char* what;
  std::string bytes;
  const char* complaint;
};
std::vector<HostileFile> HostileSafetensors();

// Files that must be read: every type, no tensors, sizes of 0, escapes in names, white space.
std::vector<std::string> SoundSafetensors();

}  // namespace rubato
