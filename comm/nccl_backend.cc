#include "comm/backend.h"

#ifdef USE_C10D_NCCL

#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace rubato {

Backend MakeNcclBackend(const c10::intrusive_ptr<c10d::Store>& store, const CommOptions& options) {
  auto nccl = c10d::ProcessGroupNCCL::Options::create();
  // Our own deadline comes first; this one only stops what we have given up on.
  nccl->timeout = 2 * absl::ToChronoMilliseconds(options.timeout);
  return {c10::make_intrusive<c10d::ProcessGroupNCCL>(store, options.rank, options.world, std::move(nccl)),
          c10::Device(c10::kCUDA, 0)};
}

}  // namespace rubato

#endif
