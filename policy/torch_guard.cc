#include "policy/torch_guard.h"

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <exception>
#include <new>

#include "common/concat.h"

namespace rubato {

absl::Status GuardTorch(std::string_view call, const std::function<void()>& work) {
  const auto message = [&](std::string_view what) { return Concat(call, ": LibTorch says: ", what); };
  try {
    const c10::InferenceMode without_gradients;
    work();
    return absl::OkStatus();
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(message(error.what_without_backtrace()));
  } catch (const std::bad_alloc& error) {
    return absl::ResourceExhaustedError(message(error.what()));
  } catch (const c10::Error& error) {
    return absl::InternalError(message(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InternalError(message(error.what()));
  }
}

}  // namespace rubato
