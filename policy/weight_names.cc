#include "policy/weight_names.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/escape.h"

namespace rubato {

std::string SomeOf(const std::vector<std::string>& names, size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(most, names.size()); ++i) {
    text += Concat(i == 0 ? "" : ", ", "\"", EscapeForTerminal(names[i].substr(0, 200)), "\"");
  }
  if (names.size() > most) text += Concat(" and ", names.size() - most, " more");
  return text;
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return Concat("[", absl::StrJoin(shape, ", "), "]");
}

}  // namespace rubato
