// Internal to comm/: shows c10d.
#pragma once

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "comm/communicator.h"

namespace rubato {

// A group of c10d over `store`, and where the tensors it moves must be.  Both functions throw what c10d
// throws.
struct Backend {
  c10::intrusive_ptr<c10d::Backend> group;
  c10::Device device;
};

Backend MakeGlooBackend(const c10::intrusive_ptr<c10d::Store>& store, const CommOptions& options);

#ifdef USE_C10D_NCCL
Backend MakeNcclBackend(const c10::intrusive_ptr<c10d::Store>& store, const CommOptions& options);
#endif

}  // namespace rubato
