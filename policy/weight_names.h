#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rubato {

// "a", "b" and 7 more: for messages about many tensors; `most` of them are named.
std::string SomeOf(const std::vector<std::string>& names, size_t most = 3);

// "[2, 3]"
std::string ShapeText(const std::vector<int64_t>& shape);

}  // namespace rubato
