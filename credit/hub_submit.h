// What becomes of one submitted sample.
//
// The first sound submission of a sample is sealed, whoever made it and whichever lease it names: what a
// sample is depends on its key and the weights alone.  A submission that fails a check ends its sample only
// if its lease still holds it; a worker that wakes up late can neither train nor spoil anything.
//
// Owned by the hub's thread.

#pragma once

#include "absl/status/statusor.h"
#include "credit/hub_state.h"
#include "proto/rollout.pb.h"

namespace rubato {

// An error is fatal for the hub: state has changed halfway.
absl::StatusOr<SubmitOutcome> SubmitSample(const Sample& sample, HubState* state);

}  // namespace rubato
