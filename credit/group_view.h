// The samples of a group as the ledger keeps them, with what their credit is computed from: for the hub when
// the group completes, and for whoever computes its credit again.

#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/credit_settings.h"
#include "credit/group_credit.h"
#include "credit/ledger.h"
#include "credit/weighing_input.h"

namespace rubato {

// A value; `samples` points into `inputs`.
struct GroupView {
  std::vector<SampleRow> rows;                         // ascending index
  std::vector<std::unique_ptr<WeighingInput>> inputs;  // of each row; null where it earns no credit
  std::vector<GroupSample> samples;                    // of each row
};

// Which samples earn credit: those sealed or trained, and those that were dropped with their whole group.
bool EarnsCredit(const SampleRow& row);

// `group` is its number in the run.  NOT_FOUND: a payload is gone; DATA_LOSS: one is damaged.
absl::StatusOr<GroupView> ReadGroup(const Ledger& ledger, uint64_t group, const CreditSettings& settings);

}  // namespace rubato
