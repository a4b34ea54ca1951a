// What must hold for any bytes that somebody calls a .safetensors file.  Entry point of libFuzzer, which
// libfuzzer.sh beside it starts; safetensors_fuzz_test.cc is the short round of the ordinary test run.

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "policy/safetensors_header.h"
#include "policy/weight_floats.h"

namespace rubato {
namespace {

void Require(bool condition) {
  if (!condition) abort();
}

// Tensors are disjoint, follow each other to the end, and every byte of them can be read.
void CheckTensors(std::span<const unsigned char> file, const std::vector<SafetensorsTensor>& tensors) {
  const unsigned char* const end = file.data() + file.size();
  const unsigned char* at = tensors.empty() ? end : tensors[0].data;
  Require(at >= file.data() + 8);
  for (const SafetensorsTensor& tensor : tensors) {
    Require(tensor.data == at && tensor.bytes >= 0 && tensor.bytes <= end - at);
    at += tensor.bytes;
    if (!IsWeightType(tensor.type)) continue;
    Require(tensor.bytes == tensor.elements * BytesPerElement(tensor.type));
    std::vector<float> values(static_cast<size_t>(tensor.elements));
    ToFloats(tensor.type, tensor.data, values);
  }
  Require(at == end);
}

}  // namespace
}  // namespace rubato

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const unsigned char> file(data, size);
  const auto tensors = rubato::ParseSafetensors(file);
  if (tensors.ok()) {
    rubato::CheckTensors(file, *tensors);
  } else if (tensors.status().message().size() > 2000) {
    abort();  // what a file says must not fill a log
  }
  return 0;
}
