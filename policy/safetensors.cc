#include "policy/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "common/concat.h"
#include "common/file.h"
#include "common/status.h"
#include "common/unique_fd.h"
#include "policy/weight_floats.h"

namespace rubato {

namespace {

struct Mapping {
  const unsigned char* data = nullptr;
  size_t size = 0;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (data != nullptr) munmap(const_cast<unsigned char*>(data), size);
  }
};

absl::StatusOr<std::shared_ptr<Mapping>> Map(const std::string& path) {
  // A named pipe would otherwise wait for its writer.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return FileError("open", path, errno);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return FileError("look at", path, errno);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(Concat(path, " is not a file"));
  auto mapping = std::make_shared<Mapping>();
  if (info.st_size == 0) return mapping;
  void* data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return FileError("map", path, errno);
  mapping->data = static_cast<const unsigned char*>(data);
  mapping->size = static_cast<size_t>(info.st_size);
  return mapping;
}

}  // namespace

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::shared_ptr<Mapping> mapping, Map(path));
  absl::StatusOr<std::vector<SafetensorsTensor>> tensors = ParseSafetensors({mapping->data, mapping->size});
  if (!tensors.ok()) {
    return absl::InvalidArgumentError(Concat(path, ": ", tensors.status().message(),
                                             "; the file is damaged or no safetensors file, fetch it again"));
  }
  SafetensorsFile file;
  file.size_bytes_ = mapping->size;
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
  ToFloats(tensor.type, tensor.data, out);
}

}  // namespace rubato
