#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace rubato {

// The leases a worker holds, from the reply that granted them to the final outcome of their last sample.
// Thread-safe: the leasing, the generating and the submitting thread all keep it.
//
// A sample is first `to generate` (it takes up capacity), then `to submit` (its lease is still renewed).
class LeaseBook {
 public:
  void Granted(uint64_t lease_id, size_t samples);

  // One sample of the lease left the engine, finished or cancelled.
  void Generated(uint64_t lease_id);

  // The hub's final word on one sample of the lease arrived; the last one ends the lease.
  void Settled(uint64_t lease_id);

  // Samples that still take up capacity.
  size_t to_generate() const;

  // Samples without a final outcome, generated or not.
  size_t unsettled() const;

  // Ids to renew, ascending.
  std::vector<uint64_t> Held() const;

 private:
  struct Entry {
    size_t to_generate = 0;
    size_t unsettled = 0;
  };

  mutable std::mutex mutex_;
  std::map<uint64_t, Entry> entries_;
};

}  // namespace rubato
