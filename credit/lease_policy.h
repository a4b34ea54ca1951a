// When may a group be leased, with which weights, and how much of the free work goes to one asker: pure
// decisions over a snapshot.  Any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rubato {

// Steps of weights, both inclusive, within one lineage.
struct StepInterval {
  uint64_t oldest = 0;
  uint64_t newest = 0;

  bool Contains(uint64_t step) const { return oldest <= step && step <= newest; }
  friend bool operator==(const StepInterval&, const StepInterval&) = default;
};

struct LeaseSnapshot {
  bool stopped = false;                     // draining, failed or finished
  std::optional<uint64_t> current_version;  // its step; absent: no weights have been offered yet
  uint64_t oldest_version = 0;              // of the present lineage: a lease names no other's
  uint64_t next_uncommitted_step = 0;
  uint64_t steps = 0;  // of the run
  uint32_t max_staleness = 0;
};

// The weights that may sample tokens of step `step`: no older than `max_staleness` allows, of one lineage.
StepInterval VersionBound(uint64_t step, uint32_t max_staleness, uint64_t oldest_version);

// The weights under which the groups of `step` may be sampled now; absent: not yet, or never again.
//
// A group of step s may be leased iff s <= next_uncommitted_step + max_staleness.  Its tokens may come from
// versions s - max_staleness to s, so that staleness (s minus the oldest version) is bounded by construction.
// With max_staleness 0 that is exactly version s.
std::optional<StepInterval> VersionsForGroup(const LeaseSnapshot& snapshot, uint64_t step);

// The weights under which the evaluation of version `step` is sampled: exactly those, while they are current.
std::optional<StepInterval> VersionsForEvaluation(const LeaseSnapshot& snapshot, uint64_t step);

// How many samples one asker gets: all it can hold, but no more than its share when others wait too, rounded
// up to whole groups because a group's prompt is prefilled once per worker.
//   free_samples  leaseable now; capacity  what the asker can hold; askers  those who wait, this one
//   included, >= 1
uint64_t ShareOfWork(uint64_t free_samples, uint64_t capacity, uint64_t askers, uint32_t group_size);

}  // namespace rubato
