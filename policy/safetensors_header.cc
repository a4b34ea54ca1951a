#include "policy/safetensors_header.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/bytes.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"
#include "common/utf8.h"
#include "policy/header_cursor.h"

namespace rubato {

namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMostHeaderBytes = 100'000'000;
constexpr size_t kMostDimensions = 64;  // as many as torch and numpy have

// A tensor of the header and where its bytes lie behind the header.
struct Entry {
  SafetensorsTensor tensor;
  int64_t begin = 0;
  int64_t end = 0;
};

// What is wrong with tensors of a header that can be read on: told together.
class Faults {
 public:
  void Add(std::string_view fault) {
    if (++count_ <= kMostTold) told_.emplace_back(fault);
  }
  bool empty() const { return count_ == 0; }
  // INVALID_ARGUMENT with all of them; not when there are none.
  absl::Status ToStatus() const {
    const std::string rest = count_ > kMostTold ? Concat("; and ", count_ - kMostTold, " more") : "";
    return absl::InvalidArgumentError(Concat(absl::StrJoin(told_, "; "), rest));
  }

 private:
  static constexpr size_t kMostTold = 20;
  std::vector<std::string> told_;
  size_t count_ = 0;
};

// Names come from outside and may be 100 MB long.
std::string Shown(std::string_view name) { return EscapeForTerminal(name.substr(0, 200)); }

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(std::string(what)); }

// The header's text, after all checks of its length.
absl::StatusOr<std::string_view> HeaderOf(std::span<const unsigned char> file) {
  if (file.size() < kLengthBytes) {
    return Bad(Concat("the file holds ", file.size(), " bytes, fewer than the 8 of its header's length"));
  }
  const auto* bytes = reinterpret_cast<const char*>(file.data());
  const uint64_t length = LoadNumber<uint64_t>(bytes);
  if (length > kMostHeaderBytes) {
    return Bad(Concat("the header claims ", length, " bytes, at most ", kMostHeaderBytes, " are read"));
  }
  if (length > file.size() - kLengthBytes) {
    return Bad(Concat("the header claims ", length, " bytes, the file has ", file.size() - kLengthBytes,
                      " after its length"));
  }
  const std::string_view text(bytes + kLengthBytes, length);
  if (!text.starts_with('{')) return Bad("the header does not start with '{'");
  if (!IsUtf8(text)) return Bad("the header is not UTF-8");
  return text;
}

absl::StatusOr<std::vector<int64_t>> ReadSizes(HeaderCursor* cursor) {
  std::vector<int64_t> sizes;
  RETURN_IF_ERROR(cursor->Open('['));
  while (true) {
    ASSIGN_OR_RETURN(const bool another, cursor->Another(']'));
    if (!another) return sizes;
    ASSIGN_OR_RETURN(const int64_t size, cursor->Size());
    sizes.push_back(size);
  }
}

// What one tensor's entry says, as far as it can be read; `fault` is its first.
struct ReadEntryResult {
  Entry entry;
  std::string fault;
  bool range_is_known = false;  // whether `entry` says where its bytes lie, and that agrees with its size
};

absl::StatusOr<std::optional<SafetensorsType>> ReadType(HeaderCursor* cursor, std::string* fault) {
  ASSIGN_OR_RETURN(const std::string name, cursor->String());
  const std::optional<SafetensorsType> type = SafetensorsTypeNamed(name);
  if (!type.has_value()) *fault = Concat("dtype \"", Shown(name), "\" is none that safetensors knows");
  return type;
}

absl::Status ReadRange(HeaderCursor* cursor, Entry* entry) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> offsets, ReadSizes(cursor));
  if (offsets.size() != 2) {
    return Bad(Concat("data_offsets holds ", offsets.size(), " numbers, two numbers are needed"));
  }
  entry->begin = offsets[0];
  entry->end = offsets[1];
  return absl::OkStatus();
}

absl::Status CheckSize(Entry* entry) {
  SafetensorsTensor& tensor = entry->tensor;
  if (tensor.shape.size() > kMostDimensions) {
    return Bad(
        Concat("shape has ", tensor.shape.size(), " dimensions, at most ", kMostDimensions, " are read"));
  }
  const std::string shape = Concat("shape [", absl::StrJoin(tensor.shape, ", "), "]");
  int64_t bits = 0;
  tensor.elements = 1;
  for (const int64_t size : tensor.shape) {
    if (__builtin_mul_overflow(tensor.elements, size, &tensor.elements))
      return Bad(Concat(shape, " overflows"));
  }
  if (__builtin_mul_overflow(tensor.elements, int64_t{BitsOf(tensor.type)}, &bits)) {
    return Bad(Concat(shape, " of ", NameOf(tensor.type), " overflows"));
  }
  if (bits % 8 != 0) return Bad(Concat(shape, " of ", NameOf(tensor.type), " does not fill whole bytes"));
  tensor.bytes = bits / 8;
  if (entry->end < entry->begin || entry->end - entry->begin != tensor.bytes) {
    return Bad(Concat(shape, " of ", NameOf(tensor.type), " takes ", tensor.bytes,
                      " bytes, data_offsets are [", entry->begin, ", ", entry->end, "]"));
  }
  return absl::OkStatus();
}

// Errors end the reading of the header; a fault leaves the rest of it readable.
absl::StatusOr<ReadEntryResult> ReadEntry(HeaderCursor* cursor) {
  ReadEntryResult result;
  std::set<std::string> keys;
  std::optional<SafetensorsType> type;
  RETURN_IF_ERROR(cursor->Open('{'));
  while (true) {
    ASSIGN_OR_RETURN(const bool another, cursor->Another('}'));
    if (!another) break;
    ASSIGN_OR_RETURN(const std::string key, cursor->Key());
    if (!keys.insert(key).second) return cursor->Error(Concat("the key \"", Shown(key), "\" is there twice"));
    if (key == "dtype") {
      ASSIGN_OR_RETURN(type, ReadType(cursor, &result.fault));
    } else if (key == "shape") {
      ASSIGN_OR_RETURN(result.entry.tensor.shape, ReadSizes(cursor));
    } else if (key == "data_offsets") {
      RETURN_IF_ERROR(ReadRange(cursor, &result.entry));
    } else {
      return Bad(Concat("the key \"", Shown(key), "\" is unknown"));
    }
  }
  if (keys.size() != 3) {
    result.fault = "dtype, shape and data_offsets are needed, one is missing";
  } else if (!type.has_value()) {
    result.range_is_known = true;
  } else {
    result.entry.tensor.type = *type;
    const absl::Status size = CheckSize(&result.entry);
    result.range_is_known = size.ok();
    result.fault = std::string(size.message());
  }
  return result;
}

absl::Status CheckMetadata(HeaderCursor* cursor) {
  std::set<std::string> keys;
  RETURN_IF_ERROR(cursor->Open('{'));
  while (true) {
    ASSIGN_OR_RETURN(const bool another, cursor->Another('}'));
    if (!another) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::string key, cursor->Key());
    RETURN_IF_ERROR(cursor->String().status());
    if (!keys.insert(std::move(key)).second) return cursor->Error("a key is there twice");
  }
}

// The entries of the header.  What is wrong with single ones goes to `faults`; `ranges_are_known` says
// whether it is known of all of them where they lie.
absl::StatusOr<std::vector<Entry>> ReadEntries(std::string_view header, Faults* faults,
                                               bool* ranges_are_known) {
  HeaderCursor cursor(header);
  std::vector<Entry> entries;
  bool has_metadata = false;
  *ranges_are_known = true;
  RETURN_IF_ERROR(cursor.Open('{'));
  while (true) {
    ASSIGN_OR_RETURN(const bool another, cursor.Another('}'));
    if (!another) break;
    ASSIGN_OR_RETURN(std::string name, cursor.Key());
    if (name == "__metadata__") {
      if (std::exchange(has_metadata, true)) return Bad("\"__metadata__\" is there twice");
      const absl::Status metadata = CheckMetadata(&cursor);
      if (!metadata.ok()) return Annotate(metadata, "\"__metadata__\", which maps text to text");
      continue;
    }
    const std::string title = Concat("tensor \"", Shown(name), "\"");
    absl::StatusOr<ReadEntryResult> read = ReadEntry(&cursor);
    if (!read.ok()) {
      if (faults->empty()) return Annotate(read.status(), title);
      faults->Add(Concat(title, ": ", read.status().message()));
      return faults->ToStatus();
    }
    if (!read->fault.empty()) faults->Add(Concat(title, ": ", read->fault));
    *ranges_are_known = *ranges_are_known && read->range_is_known;
    read->entry.tensor.name = std::move(name);
    entries.push_back(std::move(read->entry));
  }
  RETURN_IF_ERROR(cursor.End());
  return entries;
}

absl::Status CheckNames(const std::vector<Entry>& entries) {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries) names.push_back(entry.tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return absl::OkStatus();
  return Bad(Concat("tensor \"", Shown(*twice), "\" is there twice"));
}

// Every byte behind the header belongs to one tensor.
absl::Status CheckContiguous(const std::vector<Entry>& entries, int64_t data_bytes) {
  int64_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != at) {
      return Bad(Concat("tensor \"", Shown(entry.tensor.name), "\" begins at ", entry.begin,
                        ", the one before ends at ", at));
    }
    at = entry.end;
  }
  if (at == data_bytes) return absl::OkStatus();
  return Bad(Concat("tensors end at ", at, ", the file has ", data_bytes, " bytes of them: it is ",
                    at < data_bytes ? "too long" : "cut off"));
}

}  // namespace

absl::StatusOr<std::vector<SafetensorsTensor>> ParseSafetensors(std::span<const unsigned char> file) {
  ASSIGN_OR_RETURN(const std::string_view header, HeaderOf(file));
  Faults faults;
  bool ranges_are_known = false;
  ASSIGN_OR_RETURN(std::vector<Entry> entries, ReadEntries(header, &faults, &ranges_are_known));
  if (const absl::Status names = CheckNames(entries); !names.ok()) {
    faults.Add(std::string(names.message()));
    ranges_are_known = false;  // nobody knows which of the two was meant
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.tensor.name) < std::tie(b.begin, b.end, b.tensor.name);
  });
  const auto data = file.subspan(kLengthBytes + header.size());
  if (ranges_are_known) {
    const absl::Status contiguous = CheckContiguous(entries, static_cast<int64_t>(data.size()));
    if (!contiguous.ok()) faults.Add(std::string(contiguous.message()));
  }
  if (!faults.empty()) return faults.ToStatus();
  std::vector<SafetensorsTensor> tensors;
  tensors.reserve(entries.size());
  for (Entry& entry : entries) {
    entry.tensor.data = data.data() + entry.begin;
    tensors.push_back(std::move(entry.tensor));
  }
  return tensors;
}

}  // namespace rubato
