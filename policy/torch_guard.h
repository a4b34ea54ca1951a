#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"

namespace rubato {

// Runs `work`, which calls LibTorch, without recording for gradients, and turns an exception into a status
// that names `call`: RESOURCE_EXHAUSTED for want of memory, INTERNAL for everything else.
absl::Status GuardTorch(std::string_view call, const std::function<void()>& work);

}  // namespace rubato
