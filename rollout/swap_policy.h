#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rubato {

// Which weights a worker should serve next: a pure decision over what it serves, what a lease allows and what
// can be fetched.  Thread-safe, as it holds nothing.
//
// Weights never change under a sequence whose lease names one exact version (synchronous training). Otherwise
// a forward swap within the lineage is always allowed, in mid-sequence too: the staleness of a sample is
// counted from its oldest version, so newer weights can only be added.  A swap back, or into another lineage,
// waits until nothing is in flight.

struct ServedVersion {
  uint32_t lineage = 0;
  uint64_t step = 0;
  friend bool operator==(const ServedVersion&, const ServedVersion&) = default;
};

// A lease's closed interval of steps.
struct AllowedVersions {
  uint32_t lineage = 0;
  uint64_t oldest_step = 0;
  uint64_t newest_step = 0;

  bool Contains(const ServedVersion& v) const {
    return v.lineage == lineage && oldest_step <= v.step && v.step <= newest_step;
  }
  bool exact() const { return oldest_step == newest_step; }
};

struct SwapSnapshot {
  std::optional<ServedVersion> serving;  // empty: nothing is loaded yet
  AllowedVersions allowed;               // of the lease to be started next
  std::vector<ServedVersion> available;  // versions that some source holds
  bool in_flight = false;                // sequences are being generated
  bool in_flight_exact = false;          // ... and one of them is leased for one exact version
};

struct SwapDecision {
  enum class Action {
    kServe,          // start the lease with what is served
    kSwap,           // fetch `target`, swap, then decide again
    kWaitUntilIdle,  // finish what is in flight first
    kNoSource,       // nobody holds an allowed version: ask the hub again
  };
  Action action = Action::kServe;
  ServedVersion target;  // for kSwap and kWaitUntilIdle
};

SwapDecision DecideSwap(const SwapSnapshot& snapshot);

}  // namespace rubato
