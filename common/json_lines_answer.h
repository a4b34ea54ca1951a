// One line of output, member by member in the order they are added.  A value.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rubato {

class JsonAnswer {
 public:
  // `id`: JSON text (JsonRequest::id).
  explicit JsonAnswer(std::string_view id);

  // `key` needs no escapes.
  void Add(std::string_view key, std::string_view text);
  void Add(std::string_view key, int64_t number);
  void Add(std::string_view key, std::span<const int32_t> numbers);
  // In the shortest form that reads back to the same fp32; what is not finite, which JSON lacks, as null.
  void Add(std::string_view key, std::span<const float> numbers);

  // A list of lists of `size` numbers each, in order; `size` divides how many there are.
  void AddLists(std::string_view key, std::span<const int32_t> numbers, size_t size);
  void AddLists(std::string_view key, std::span<const float> numbers, size_t size);

  // Without a line feed; leaves nothing behind.
  std::string Take();

 private:
  void BeginMember(std::string_view key);
  std::string text_;
};

}  // namespace rubato
