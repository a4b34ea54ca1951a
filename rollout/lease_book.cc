#include "rollout/lease_book.h"

namespace rubato {

void LeaseBook::Granted(uint64_t lease_id, size_t samples) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[lease_id];
  entry.to_generate += samples;
  entry.unsettled += samples;
}

void LeaseBook::Generated(uint64_t lease_id) {
  std::lock_guard lock(mutex_);
  if (auto it = entries_.find(lease_id); it != entries_.end() && it->second.to_generate > 0) {
    --it->second.to_generate;
  }
}

void LeaseBook::Settled(uint64_t lease_id) {
  std::lock_guard lock(mutex_);
  auto it = entries_.find(lease_id);
  if (it != entries_.end() && --it->second.unsettled == 0) entries_.erase(it);
}

size_t LeaseBook::to_generate() const {
  std::lock_guard lock(mutex_);
  size_t sum = 0;
  for (const auto& [id, entry] : entries_) sum += entry.to_generate;
  return sum;
}

size_t LeaseBook::unsettled() const {
  std::lock_guard lock(mutex_);
  size_t sum = 0;
  for (const auto& [id, entry] : entries_) sum += entry.unsettled;
  return sum;
}

std::vector<uint64_t> LeaseBook::Held() const {
  std::lock_guard lock(mutex_);
  std::vector<uint64_t> ids;
  ids.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) ids.push_back(id);
  return ids;
}

}  // namespace rubato
