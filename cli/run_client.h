// `rubato up` as a caller of RunControl (proto/run.proto).  Shows no gRPC.
//
// Movable, owned by one thread.  Calls block for at most their timeout.

#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/run.pb.h"

namespace rubato {

class RunClient {
 public:
  // Does not wait for the connection.  INVALID_ARGUMENT: no address; PERMISSION_DENIED: off loopback.
  static absl::StatusOr<RunClient> Connect(const std::string& address);
  ~RunClient();
  RunClient(RunClient&&) noexcept;
  RunClient& operator=(RunClient&&) noexcept;

  // UNAVAILABLE: the hub is away; DEADLINE_EXCEEDED: it does not answer.
  absl::StatusOr<RunStatus> Status(absl::Duration timeout);
  // Asked again, the same.  Errors as Status.
  absl::Status Drain(const std::string& reason, absl::Duration timeout);

 private:
  struct Stub;
  explicit RunClient(std::unique_ptr<Stub> stub);
  std::unique_ptr<Stub> stub_;
};

}  // namespace rubato
