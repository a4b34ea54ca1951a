// What people are told of a run: RunStatus, from one look at the state.
//
// Owned by the hub's thread.

#pragma once

#include "credit/hub_state.h"
#include "proto/run.pb.h"

namespace rubato {

// Shown in RunStatus.recent.
inline constexpr uint64_t kRecentSteps = 64;

RunStatus MakeStatus(const HubState& state);

// issued = trained + dropped + pending, as counted.
SampleCounts MakeSampleCounts(const HubCounts& counts);

// Who waits for whom: "the learner waits for 3 groups of step 4".
std::string WhoWaits(const HubState& state);

}  // namespace rubato
