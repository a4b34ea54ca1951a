#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "comm/backend.h"

namespace rubato {

Backend MakeGlooBackend(const c10::intrusive_ptr<c10d::Store>& store, const CommOptions& options) {
  auto gloo = c10d::ProcessGroupGloo::Options::create(absl::ToChronoMilliseconds(options.timeout));
  gloo->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(options.host));
  return {c10::make_intrusive<c10d::ProcessGroupGloo>(store, options.rank, options.world, std::move(gloo)),
          c10::Device(c10::kCPU)};
}

}  // namespace rubato
