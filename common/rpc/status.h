// Errors across gRPC: the codes are the same, one by one.  Shows gRPC: for _service.cc and _client.cc only.

#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace rubato {

// Messages are cut at 4 KiB, which travels in any trailer.
grpc::Status ToGrpc(const absl::Status& status);

absl::Status FromGrpc(const grpc::Status& status);

}  // namespace rubato
