// Text put together from parts, for messages.
//
// The distribution's Abseil has a string_view of its own that std's does not convert to; this is absl::StrCat
// that takes both.  Numbers are written as absl::StrCat writes them.

#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rubato {

namespace concat_internal {

inline absl::string_view Part(std::string_view text) { return {text.data(), text.size()}; }
inline absl::string_view Part(absl::string_view text) { return text; }
inline absl::string_view Part(const std::string& text) { return text; }
inline absl::string_view Part(const char* text) { return text; }

template <typename T>
requires(!std::convertible_to<const T&, std::string_view> &&
         !std::same_as<T, absl::string_view>) const T& Part(const T& part) {
  return part;
}

}  // namespace concat_internal

template <typename... Parts>
std::string Concat(const Parts&... parts) {
  return absl::StrCat(concat_internal::Part(parts)...);
}

}  // namespace rubato
