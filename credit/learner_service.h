// LearnerHub of proto/learner.proto, as gRPC serves it: translation only.

#pragma once

#include <memory>

#include "credit/hub.h"

namespace grpc {
class Service;
}

namespace rubato {

// The hub outlives the service, and answers every call before the server is destroyed.
std::shared_ptr<grpc::Service> MakeLearnerService(Hub* hub);

}  // namespace rubato
