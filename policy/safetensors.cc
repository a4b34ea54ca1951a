#include "policy/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"
#include "common/unique_fd.h"

namespace rubato {

namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMostHeaderBytes = 100'000'000;

struct Mapping {
  const unsigned char* data = nullptr;
  uint64_t size = 0;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (data != nullptr) munmap(const_cast<unsigned char*>(data), size);
  }
};

absl::StatusOr<std::shared_ptr<Mapping>> Map(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return FileError("open", path, errno);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return FileError("look at", path, errno);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(Concat(path, " is not a file"));
  auto mapping = std::make_shared<Mapping>();
  if (info.st_size == 0) return mapping;
  void* data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return FileError("map", path, errno);
  mapping->data = static_cast<const unsigned char*>(data);
  mapping->size = static_cast<uint64_t>(info.st_size);
  return mapping;
}

absl::Status Bad(std::string_view what) {
  return absl::InvalidArgumentError(
      Concat(what, "; the file is damaged or no safetensors file: fetch it again"));
}

// The header's text, after all checks of its length.
absl::StatusOr<std::string_view> HeaderOf(const Mapping& file) {
  if (file.size < kLengthBytes)
    return Bad(Concat("holds ", file.size, " bytes, fewer than its length field"));
  const auto* bytes = reinterpret_cast<const char*>(file.data);
  const uint64_t length = LoadNumber<uint64_t>(bytes);
  if (length > kMostHeaderBytes)
    return Bad(Concat("header claims ", length, " bytes, at most 100000000 are read"));
  if (length > file.size - kLengthBytes) {
    return Bad(Concat("header claims ", length, " bytes, the file has ", file.size - kLengthBytes,
                      " after it began"));
  }
  const std::string_view text(bytes + kLengthBytes, length);
  if (!text.starts_with('{')) return Bad("header does not start with '{'");
  return text;
}

absl::StatusOr<SafetensorsType> TypeOf(const std::string& name) {
  for (const auto type : {SafetensorsType::kF32, SafetensorsType::kBf16, SafetensorsType::kF16}) {
    if (name == NameOf(type)) return type;
  }
  return absl::InvalidArgumentError(
      Concat("dtype is \"", name, "\", only F32, BF16 and F16 are read; save the model in one of them"));
}

absl::StatusOr<std::vector<int64_t>> ShapeOf(const Json::Array& list) {
  std::vector<int64_t> shape;
  for (const Json& entry : list) {
    ASSIGN_OR_RETURN(const int64_t size, entry.AsInt());
    if (size < 0) return absl::InvalidArgumentError(Concat("shape holds ", size));
    shape.push_back(size);
  }
  return shape;
}

absl::StatusOr<int64_t> CountElements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(count, size, &count))
      return absl::InvalidArgumentError("shape's product overflows");
  }
  return count;
}

// A tensor of the header and where its bytes lie behind the header.
struct Entry {
  SafetensorsTensor tensor;
  uint64_t begin = 0;
  uint64_t end = 0;
};

absl::StatusOr<Entry> ReadEntry(const std::string& name, const Json& json) {
  Entry entry;
  entry.tensor.name = name;
  if (json.object().size() != 3)
    return absl::InvalidArgumentError("needs dtype, shape and data_offsets, no more");
  ASSIGN_OR_RETURN(const std::string type, json.GetString("dtype"));
  ASSIGN_OR_RETURN(entry.tensor.type, TypeOf(type));
  ASSIGN_OR_RETURN(const Json::Array* shape, json.GetArray("shape"));
  ASSIGN_OR_RETURN(entry.tensor.shape, ShapeOf(*shape));
  ASSIGN_OR_RETURN(entry.tensor.elements, CountElements(entry.tensor.shape));
  ASSIGN_OR_RETURN(const Json::Array* offsets, json.GetArray("data_offsets"));
  if (offsets->size() != 2) return absl::InvalidArgumentError("data_offsets needs two numbers");
  ASSIGN_OR_RETURN(entry.begin, (*offsets)[0].AsUint());
  ASSIGN_OR_RETURN(entry.end, (*offsets)[1].AsUint());
  int64_t bytes = 0;
  if (__builtin_mul_overflow(entry.tensor.elements, BytesPerElement(entry.tensor.type), &bytes)) {
    return absl::InvalidArgumentError("size in bytes overflows");
  }
  if (entry.end < entry.begin || entry.end - entry.begin != static_cast<uint64_t>(bytes)) {
    return absl::InvalidArgumentError(Concat("shape and dtype make ", bytes, " bytes, data_offsets are [",
                                             entry.begin, ", ", entry.end, "]"));
  }
  return entry;
}

absl::Status CheckMetadata(const Json& metadata) {
  if (!metadata.is_object()) return Bad("\"__metadata__\" is not an object");
  for (const auto& [key, value] : metadata.object()) {
    if (!value.is_string()) return Bad(Concat("\"__metadata__\": \"", key, "\" is not text"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Entry>> ReadEntries(const Json& header) {
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.object()) {
    if (name == "__metadata__") {
      RETURN_IF_ERROR(CheckMetadata(json));
      continue;
    }
    absl::StatusOr<Entry> entry = ReadEntry(name, json);
    if (!entry.ok()) return Annotate(entry.status(), Concat("tensor \"", name, "\""));
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  return entries;
}

// Every byte behind the header belongs to one tensor.
absl::Status CheckContiguous(const std::vector<Entry>& entries, uint64_t data_bytes) {
  uint64_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != at) {
      return Bad(Concat("tensor \"", entry.tensor.name, "\" begins at ", entry.begin,
                        ", the one before ends at ", at));
    }
    at = entry.end;
  }
  if (at == data_bytes) return absl::OkStatus();
  return Bad(Concat("tensors end at ", at, ", the data have ", data_bytes, " bytes"));
}

absl::StatusOr<std::vector<SafetensorsTensor>> ReadTensors(const Mapping& file) {
  ASSIGN_OR_RETURN(const std::string_view text, HeaderOf(file));
  ASSIGN_OR_RETURN(const Json header,
                   Json::Parse(text, "header", {.max_bytes = kMostHeaderBytes, .max_depth = 3}));
  ASSIGN_OR_RETURN(std::vector<Entry> entries, ReadEntries(header));
  const uint64_t data_begin = kLengthBytes + text.size();
  RETURN_IF_ERROR(CheckContiguous(entries, file.size - data_begin));
  std::vector<SafetensorsTensor> tensors;
  for (Entry& entry : entries) {
    entry.tensor.data = file.data + data_begin + entry.begin;
    tensors.push_back(std::move(entry.tensor));
  }
  return tensors;
}

float Bf16ToFloat(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

float F16ToFloat(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t exponent = bits >> 10 & 0x1f;
  const uint32_t fraction = bits & 0x3ff;
  if (exponent == 0) {  // zero and subnormals: fraction * 2^-24, exact in fp32
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
  }
  const uint32_t wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

template <typename Convert>
void ConvertHalves(const unsigned char* data, std::span<float> out, Convert convert) {
  for (size_t i = 0; i < out.size(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, data + 2 * i, sizeof(bits));
    out[i] = convert(bits);
  }
}

}  // namespace

int64_t BytesPerElement(SafetensorsType type) { return type == SafetensorsType::kF32 ? 4 : 2; }

std::string_view NameOf(SafetensorsType type) {
  switch (type) {
    case SafetensorsType::kF32:
      return "F32";
    case SafetensorsType::kBf16:
      return "BF16";
    case SafetensorsType::kF16:
      return "F16";
  }
  return "";
}

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::shared_ptr<Mapping> mapping, Map(path));
  absl::StatusOr<std::vector<SafetensorsTensor>> tensors = ReadTensors(*mapping);
  if (!tensors.ok()) return Annotate(tensors.status(), path);
  SafetensorsFile file;
  file.mapping_ = std::move(mapping);
  file.tensors_ = *std::move(tensors);
  return file;
}

const SafetensorsTensor* SafetensorsFile::Find(std::string_view name) const {
  for (const SafetensorsTensor& tensor : tensors_) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

void ReadFloats(const SafetensorsTensor& tensor, std::span<float> out) {
  switch (tensor.type) {
    case SafetensorsType::kF32:
      std::memcpy(out.data(), tensor.data, out.size_bytes());
      break;
    case SafetensorsType::kBf16:
      ConvertHalves(tensor.data, out, Bf16ToFloat);
      break;
    case SafetensorsType::kF16:
      ConvertHalves(tensor.data, out, F16ToFloat);
      break;
  }
}

}  // namespace rubato
