#include "common/rpc/call_context.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rubato {

CallContext::CallContext(absl::Duration timeout, std::stop_token stop)
    : on_stop_(std::move(stop), Cancel{&context_}) {
  // Every call has an end, and it must fit into the clock.
  timeout = std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24));
  context_.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout));
}

}  // namespace rubato
