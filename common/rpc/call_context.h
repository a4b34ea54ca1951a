// The context of one call: it has a deadline, and a stop request cancels it.  Shows gRPC: for _client.cc
// only.
//
//   CallContext context(timeout, stop);
//   return FromGrpc(stub->Lease(context.get(), request, &reply));
//
// Lives as long as the call.

#pragma once

#include <grpcpp/client_context.h>

#include <stop_token>

#include "absl/time/time.h"

namespace rubato {

class CallContext {
 public:
  explicit CallContext(absl::Duration timeout, std::stop_token stop = {});

  grpc::ClientContext* get() { return &context_; }

 private:
  struct Cancel {
    grpc::ClientContext* context;
    void operator()() const { context->TryCancel(); }
  };
  grpc::ClientContext context_;
  std::stop_callback<Cancel> on_stop_;
};

}  // namespace rubato
