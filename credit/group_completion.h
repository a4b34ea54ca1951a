// What becomes of a group whose samples are all terminal: advantages and token weights, or why it cannot
// train.
//
// Owned by the hub's thread; rows and credit are written to the ledger in the same call.  All numbers come
// from what the ledger holds, so that they can be computed again from it.

#pragma once

#include "absl/status/status.h"
#include "credit/hub_counts.h"
#include "credit/hub_history.h"
#include "credit/hub_inputs.h"
#include "credit/ledger.h"

namespace rubato {

// Writes the group's row and credit and drops the samples that will not train.
// DATA_LOSS: a payload is damaged.  INTERNAL: what intake let through cannot be credited, a bug.
absl::Status CompleteGroup(const HubInputs& inputs, uint64_t group, Ledger* ledger, HubHistory* history,
                           HubCounts* counts);

}  // namespace rubato
