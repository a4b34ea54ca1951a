// A unary call that is answered later, from another thread.  Shows gRPC: for _service.cc only.
//
//   auto* call = new UnaryCall;                       // deletes itself when gRPC is done with it
//   hub->Lease(*request, call->Into(reply));
//   return call;

#pragma once

#include <grpcpp/support/server_callback.h>

#include <utility>

#include "absl/status/statusor.h"
#include "common/rpc/status.h"

namespace rubato {

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // What to call with the result, exactly once and on any thread: fills `reply` and ends the call.
  template <typename Reply>
  auto Into(Reply* reply) {
    return [this, reply](absl::StatusOr<Reply> result) {
      if (result.ok()) *reply = *std::move(result);
      Finish(ToGrpc(result.status()));
    };
  }

 private:
  void OnDone() override { delete this; }
};

}  // namespace rubato
