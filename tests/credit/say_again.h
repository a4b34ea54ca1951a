// What every client does: asks again while the hub is away, and says hello to a new life of it.

#pragma once

#include "absl/status/statusor.h"
#include "common/status.h"

namespace rubato {

template <typename Reply, typename Hello, typename Ask>
absl::StatusOr<Reply> SayAgain(Hello hello, Ask ask) {
  for (int tries = 0; tries < 20; ++tries) {
    absl::StatusOr<Reply> reply = ask();
    if (reply.ok()) return reply;
    if (absl::IsUnauthenticated(reply.status())) {
      if (const absl::Status status = hello(); !status.ok() && !absl::IsUnavailable(status)) return status;
    } else if (!absl::IsUnavailable(reply.status())) {
      return reply;
    }
  }
  return absl::DeadlineExceededError("asked again too often");
}

}  // namespace rubato
