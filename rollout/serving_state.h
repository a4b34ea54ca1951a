#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "proto/identity.pb.h"

namespace rubato {

// What the generating thread tells the others: the version it serves and how much it has generated.
// Thread-safe.
class ServingState {
 public:
  void Serve(const WeightVersion& version) {
    std::lock_guard lock(mutex_);
    version_ = version;
  }
  WeightVersion version() const {
    std::lock_guard lock(mutex_);
    return version_;
  }

  void SetGeneratedTokens(int64_t tokens) { generated_tokens_ = tokens; }
  int64_t generated_tokens() const { return generated_tokens_; }

 private:
  mutable std::mutex mutex_;
  WeightVersion version_;
  std::atomic<int64_t> generated_tokens_{0};
};

}  // namespace rubato
