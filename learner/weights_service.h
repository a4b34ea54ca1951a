// Serves the versions of a WeightStore to rollout workers: the WeightSource of proto/weights.proto.
//
// A server is a value: it answers from Start until it is destroyed.  Port 0 works.
// Threading: gRPC's threads; the store must outlive it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "learner/weight_store.h"

namespace rubato {

class WeightsServer {
 public:
  static absl::StatusOr<std::unique_ptr<WeightsServer>> Start(const std::string& listen,
                                                              const WeightStore* store);
  virtual ~WeightsServer() = default;

  // "host:port" as clients reach it.
  virtual std::string address() const = 0;
};

}  // namespace rubato
