// How many training samples are where.  Each number is counted by itself, at the transition it belongs to, so
// that issued = trained + dropped + pending is a check and not a definition.
//
// Owned by the hub's thread.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "credit/ledger.h"

namespace rubato {

class HubCounts {
 public:
  HubCounts() = default;
  // As the ledger's rows say.
  explicit HubCounts(const Ledger& ledger);

  void Issued(uint64_t samples);
  void Dropped(std::string_view reason);
  void Trained(uint64_t samples);
  // A lineage was opened: samples of steps that must be committed again.
  void Untrained(uint64_t samples);

  uint64_t issued() const { return issued_; }
  uint64_t trained() const { return trained_; }
  uint64_t pending() const { return pending_; }
  uint64_t dropped() const { return dropped_; }
  const std::map<std::string, uint64_t>& dropped_by_reason() const { return dropped_by_reason_; }

  friend bool operator==(const HubCounts&, const HubCounts&) = default;

 private:
  uint64_t issued_ = 0;
  uint64_t trained_ = 0;
  uint64_t pending_ = 0;
  uint64_t dropped_ = 0;
  std::map<std::string, uint64_t> dropped_by_reason_;
};

}  // namespace rubato
