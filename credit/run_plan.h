// How a run is cut into passes, groups and steps: identities as arithmetic.  A value; pure functions; any
// thread.
//
// Groups are numbered through the whole run: number = pass * rows + position.  Group n belongs to step n /
// groups, from before it is leased: arrival order decides nothing.

#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "proto/identity.pb.h"

namespace rubato {

struct RunPlan {
  uint64_t rows = 1;   // of the training data
  uint64_t steps = 1;  // of the run
  uint32_t groups_per_step = 1;
  uint32_t group_size = 1;
  uint32_t max_staleness = 0;  // steps

  uint64_t GroupCount() const { return steps * groups_per_step; }
  uint64_t StepOf(uint64_t group) const { return group / groups_per_step; }
  // The groups of a step are FirstGroup(step) .. FirstGroup(step + 1) - 1.
  uint64_t FirstGroup(uint64_t step) const { return step * groups_per_step; }

  GroupId IdOf(uint64_t group) const;
  // INVALID_ARGUMENT naming the id: there is no such group in this run.
  absl::StatusOr<uint64_t> NumberOf(const GroupId& id) const;
};

// "2/17/5": pass, position, index.  For people, the history and its checker.
std::string NameOf(const GroupId& group);
std::string NameOf(const SampleKey& sample);

}  // namespace rubato
