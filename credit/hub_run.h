// Beginning a run, or going on with one: whether a hub may work on this ledger, and as which life of the run.

#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "credit/hub_inputs.h"
#include "credit/hub_state.h"
#include "credit/ledger.h"

namespace rubato {

struct HubRunOptions {
  bool resume = false;  // the ledger may hold a run already
  // Who starts the hub: `rubato up` gives a new name to each of its lives.  Another owner than last time
  // begins a new run epoch, which every process of the old one is told by ABORTED; the same one is a restart.
  std::string owner;
};

// Takes the ledger over, in its open transaction.
// FAILED_PRECONDITION: it holds a run and `resume` is not set (exit 64), or a run with another configuration,
// model, tokenizer or data, naming which.
absl::StatusOr<HubIdentity> TakeRun(const HubInputs& inputs, const HubRunOptions& options, const Clock& clock,
                                    Ledger* ledger);

}  // namespace rubato
