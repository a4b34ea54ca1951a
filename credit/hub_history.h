// What happened in a run, one line of JSON per event, always on: what tests/integration/history_checker
// replays.
//
//   {"event":"committed","seq":412,"t":1767225600.25,"step":3,"lineage":0,...}
//
// Events lie in the ledger, in the transaction of what they tell; RUN/ledger/history.jsonl is a copy that is
// brought up to date after each commit and at each start (hub_files.h).  docs/history.md lists events and
// fields.
//
// Owned by the hub's thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/json.h"
#include "credit/ledger.h"

namespace rubato {

class HubHistory {
 public:
  // Goes on behind the last event of the ledger.
  HubHistory(Ledger* ledger, const Clock* clock);

  // `fields` is an object, or null for none.
  void Add(std::string_view event, Json fields = {});

  // Events since the last call, in order, for the copy.
  std::vector<std::string> TakeNew();

 private:
  Ledger* const ledger_;
  const Clock* const clock_;
  uint64_t next_sequence_;
  std::vector<std::string> fresh_;
};

}  // namespace rubato
