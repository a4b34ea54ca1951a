#include "credit/hub_counts.h"

namespace rubato {

HubCounts::HubCounts(const Ledger& ledger) : dropped_by_reason_(ledger.CountDropped()) {
  for (const auto& [state, samples] : ledger.CountSamples()) {
    issued_ += samples;
    uint64_t& where = state == SampleState::kTrained   ? trained_
                      : state == SampleState::kDropped ? dropped_
                                                       : pending_;
    where += samples;
  }
}

void HubCounts::Issued(uint64_t samples) {
  issued_ += samples;
  pending_ += samples;
}

void HubCounts::Dropped(std::string_view reason) {
  --pending_;
  ++dropped_;
  ++dropped_by_reason_[std::string(reason)];
}

void HubCounts::Trained(uint64_t samples) {
  pending_ -= samples;
  trained_ += samples;
}

void HubCounts::Untrained(uint64_t samples) {
  trained_ -= samples;
  pending_ += samples;
}

}  // namespace rubato
