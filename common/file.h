// Whole files, and making them durable.  Free functions, callable from any thread.
//
// Every error names the path and what the system said.  ENOENT is NOT_FOUND (exit 65); every other failure of
// the system ends a program with 74 (I/O).

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rubato {

// The error for `error` (an errno) that happened while trying to `action` ("write", "open") `path`.
absl::Status FileError(std::string_view action, std::string_view path, int error);

// RESOURCE_EXHAUSTED when it is larger than `max_bytes`; INVALID_ARGUMENT when it is a directory.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes = size_t{1} << 30);

// After OK the file is there, whole and durable, also after a power cut; after an error, or a crash in
// between, it is what it was before.  Writes PATH.tmp.PID.N, fsync, rename, fsync of the directory.
absl::Status WriteFileAtomically(const std::string& path, std::string_view contents);

// Makes names created, renamed or removed in `directory` durable.
absl::Status FsyncDirectory(const std::string& directory);

// With all missing parents, each made durable; OK when it is there already.
absl::Status CreateDirectories(const std::string& directory);

bool FileExists(const std::string& path);

}  // namespace rubato
