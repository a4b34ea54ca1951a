#include "credit/hub_history.h"

#include <utility>

namespace rubato {

HubHistory::HubHistory(Ledger* ledger, const Clock* clock)
    : ledger_(ledger), clock_(clock), next_sequence_(ledger->LastHistory() + 1) {}

void HubHistory::Add(std::string_view event, Json fields) {
  fields.Set("event", event);
  fields.Set("seq", next_sequence_);
  fields.Set("t", absl::ToDoubleSeconds(clock_->Now() - absl::UnixEpoch()));
  std::string line = fields.Dump();
  ledger_->AppendHistory(next_sequence_++, line);
  fresh_.push_back(std::move(line));
}

std::vector<std::string> HubHistory::TakeNew() { return std::exchange(fresh_, {}); }

}  // namespace rubato
