#include "credit/work_table.h"

#include <algorithm>

#include "common/concat.h"

namespace rubato {

WorkTable::WorkTable(const RunPlan* plan, Ledger* ledger, HubHistory* history, HubCounts* counts)
    : plan_(plan),
      ledger_(ledger),
      history_(history),
      counts_(counts),
      next_lease_id_(ledger->NextLeaseId()) {}

void WorkTable::Add(const UnitKey& key, uint32_t samples) {
  WorkUnit& unit = units_[key];
  unit.key = key;
  unit.slots.resize(samples);
  unit.free_slots = unit.open_slots = samples;
  free_samples_ += samples;
  ready_.insert(key);
  for (const SampleRow& row : ledger_->SamplesOf(key)) {
    const bool open = row.state == SampleState::kWaiting || row.state == SampleState::kLeased;
    unit.attempt = std::max(unit.attempt, row.attempt);
    // A leased sample waits until RestoreLeases finds its lease.
    SetSlot(&unit, row.index,
            {open ? WorkSlot::State::kWaiting : WorkSlot::State::kTerminal, row.attempt, row.lease_id});
  }
}

void WorkTable::RestoreLeases(absl::Time expires) {
  for (const LeaseRow& row : ledger_->OpenLeases()) {
    const auto unit = units_.find(row.unit);
    if (unit == units_.end()) continue;
    WorkLease lease{row, {}, expires, true};
    for (uint32_t index = 0; index < unit->second.slots.size(); ++index) {
      const WorkSlot& slot = unit->second.slots[index];
      if (slot.state != WorkSlot::State::kWaiting || slot.lease_id != row.id) continue;
      lease.indices.push_back(index);
      SetSlot(&unit->second, index, {WorkSlot::State::kLeased, slot.attempt, slot.lease_id});
    }
    if (lease.indices.empty()) continue;
    expiries_.insert({expires, row.id});
    leases_.emplace(row.id, std::move(lease));
  }
}

const WorkUnit* WorkTable::Find(const UnitKey& key) const {
  const auto found = units_.find(key);
  return found == units_.end() ? nullptr : &found->second;
}

void WorkTable::SetSlot(WorkUnit* unit, uint32_t index, WorkSlot slot) {
  const auto is_free = [](WorkSlot::State state) {
    return state == WorkSlot::State::kNew || state == WorkSlot::State::kWaiting;
  };
  WorkSlot& old = unit->slots[index];
  const int64_t freed = is_free(slot.state) - is_free(old.state);
  unit->free_slots += freed;
  free_samples_ += freed;
  if (slot.state == WorkSlot::State::kTerminal && old.state != WorkSlot::State::kTerminal) --unit->open_slots;
  old = slot;
  if (unit->free_slots > 0) {
    ready_.insert(unit->key);
  } else {
    ready_.erase(unit->key);
  }
}

void WorkTable::PutSample(const WorkUnit& unit, uint32_t index, SampleState state) {
  SampleRow row;
  row.unit = unit.key;
  row.index = index;
  row.state = state;
  row.attempt = unit.slots[index].attempt;
  row.lease_id = unit.slots[index].lease_id;
  ledger_->Put(row);
}

const WorkLease& WorkTable::Grant(const UnitKey& key, uint64_t most, const LeaseHolder& holder,
                                  uint32_t lineage, const StepInterval& versions, absl::Time expires) {
  WorkUnit& unit = units_.at(key);
  WorkLease lease;
  lease.row = {next_lease_id_++, key,     ++unit.attempt,  holder.worker,
               holder.instance,  lineage, versions.oldest, versions.newest};
  Json::Array samples, issued;
  for (uint32_t index = 0; index < unit.slots.size() && lease.indices.size() < most; ++index) {
    const WorkSlot::State state = unit.slots[index].state;
    if (state != WorkSlot::State::kNew && state != WorkSlot::State::kWaiting) continue;
    if (state == WorkSlot::State::kNew) issued.push_back(index);
    samples.push_back(index);
    lease.indices.push_back(index);
    SetSlot(&unit, index, {WorkSlot::State::kLeased, unit.attempt, lease.row.id});
    PutSample(unit, index, SampleState::kLeased);
  }
  ledger_->Put(lease.row);
  if (!issued.empty()) {
    if (key.training()) counts_->Issued(issued.size());
    history_->Add("issued", Json::Object{{"unit", NameOf(key)}, {"samples", std::move(issued)}});
  }
  history_->Add("leased", Json::Object{{"unit", NameOf(key)},
                                       {"samples", std::move(samples)},
                                       {"lease", lease.row.id},
                                       {"attempt", lease.row.attempt},
                                       {"worker", holder.worker},
                                       {"lineage", lineage},
                                       {"versions", Json::Array{versions.oldest, versions.newest}}});
  WorkLease& kept = leases_.emplace(lease.row.id, std::move(lease)).first->second;
  Schedule(&kept, expires);
  return kept;
}

void WorkTable::Schedule(WorkLease* lease, absl::Time expires) {
  expiries_.erase({lease->expires, lease->row.id});
  lease->expires = expires;
  expiries_.insert({expires, lease->row.id});
}

bool WorkTable::Renew(uint64_t lease_id, const LeaseHolder& holder, absl::Time expires) {
  const Lease lease = leases_.find(lease_id);
  if (lease == leases_.end() || !lease->second.HeldBy(holder)) return false;
  Schedule(&lease->second, expires);
  return true;
}

bool WorkTable::Release(uint64_t lease_id, const LeaseHolder& holder) {
  const Lease lease = leases_.find(lease_id);
  if (lease == leases_.end() || !lease->second.HeldBy(holder)) return false;
  End(lease, "released");
  return true;
}

int WorkTable::EndUnheardOf(const LeaseHolder& holder, const std::set<uint64_t>& named) {
  for (auto& [id, lease] : leases_) {
    if (lease.restored && lease.HeldBy(holder) && !named.contains(id)) ++lease.renewals_without;
  }
  return EndAll([](const WorkLease& lease) { return lease.renewals_without >= 2; }, "reply_lost");
}

int WorkTable::ReleaseOthers(const LeaseHolder& holder) {
  const auto other = [&](const WorkLease& lease) {
    return lease.row.worker == holder.worker && lease.row.instance != holder.instance;
  };
  return EndAll(other, "holder_gone");
}

int WorkTable::EndEverything(std::string_view why) {
  return EndAll([](const WorkLease&) { return true; }, why);
}

int WorkTable::Expire(absl::Time now) {
  if (NextExpiry() > now) return 0;
  return EndAll([&](const WorkLease& lease) { return lease.expires <= now; }, "expired");
}

absl::Time WorkTable::NextExpiry() const {
  return expiries_.empty() ? absl::InfiniteFuture() : expiries_.begin()->first;
}

int WorkTable::EndAll(const std::function<bool(const WorkLease&)>& which, std::string_view why) {
  int ended = 0;
  for (Lease lease = leases_.begin(); lease != leases_.end();) {
    const Lease next = std::next(lease);
    if (which(lease->second)) {
      End(lease, why);
      ++ended;
    }
    lease = next;
  }
  return ended;
}

void WorkTable::End(Lease lease, std::string_view why) {
  const WorkLease& ending = lease->second;
  WorkUnit& unit = units_.at(ending.row.unit);
  for (const uint32_t index : ending.indices) {
    SetSlot(&unit, index, {WorkSlot::State::kWaiting, ending.row.attempt, ending.row.id});
    PutSample(unit, index, SampleState::kWaiting);
  }
  ledger_->EndLease(ending.row.id);
  history_->Add("lease_ended", Json::Object{{"lease", ending.row.id}, {"why", why}});
  expiries_.erase({ending.expires, ending.row.id});
  leases_.erase(lease);
}

void WorkTable::Settle(const SampleRow& row) {
  WorkUnit& unit = units_.at(row.unit);
  const uint64_t held_by =
      unit.slots[row.index].state == WorkSlot::State::kLeased ? unit.slots[row.index].lease_id : 0;
  SetSlot(&unit, row.index, {WorkSlot::State::kTerminal, row.attempt, row.lease_id});
  ledger_->Put(row);
  const Lease lease = leases_.find(held_by);
  if (lease == leases_.end()) return;
  std::erase(lease->second.indices, row.index);
  if (lease->second.indices.empty()) End(lease, "done");
}

void WorkTable::Remove(const UnitKey& key) {
  const auto unit = units_.find(key);
  if (unit == units_.end()) return;
  free_samples_ -= unit->second.free_slots;
  ready_.erase(key);
  units_.erase(unit);
}

std::string WorkTable::NameOf(const UnitKey& unit) const {
  if (unit.training()) return rubato::NameOf(plan_->IdOf(unit.ordinal));
  return Concat("eval ", unit.evaluation, "/", unit.ordinal);
}

std::string WorkTable::NameOf(const UnitKey& unit, uint32_t index) const {
  return Concat(NameOf(unit), "/", index);
}

}  // namespace rubato
