// Work that is not finished: units (groups, rows of evaluations) with the state of each of their samples, and
// the leases that hold some of them.  Every change is written to the ledger in the same call.
//
// A sample goes  (new) -> leased -> waiting -> leased ... -> sealed or dropped.  Waiting samples, whose lease
// ended without a submission, are leased again before new ones, in the order of UnitKey: evaluations first,
// then groups. A unit whose samples are all terminal is Done; whoever looks after it then removes it.
//
// Leases are durable, their expiry is not: after a restart each is given its full time again.
//
// Owned by the hub's thread.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "credit/hub_counts.h"
#include "credit/hub_history.h"
#include "credit/lease_policy.h"
#include "credit/ledger.h"
#include "credit/run_plan.h"

namespace rubato {

struct WorkSlot {
  enum class State { kNew, kWaiting, kLeased, kTerminal };
  State state = State::kNew;
  uint32_t attempt = 0;   // of its latest lease
  uint64_t lease_id = 0;  // its latest
};

struct WorkUnit {
  UnitKey key;
  std::vector<WorkSlot> slots;
  uint32_t attempt = 0;  // of its latest lease; leases of a unit count up from 1
  uint64_t free_slots = 0;
  uint64_t open_slots = 0;  // not terminal
};

struct LeaseHolder {
  std::string worker;
  std::string instance;
  friend bool operator==(const LeaseHolder&, const LeaseHolder&) = default;
};

struct WorkLease {
  LeaseRow row;
  std::vector<uint32_t> indices;  // not terminal yet
  absl::Time expires;
  // Granted by an earlier life of the hub, so that its holder may never have heard of it; and in how many
  // renewals since it was not named.
  bool restored = false;
  int renewals_without = 0;

  bool HeldBy(const LeaseHolder& holder) const {
    return row.worker == holder.worker && row.instance == holder.instance;
  }
};

class WorkTable {
 public:
  // The pointers outlive the table.
  WorkTable(const RunPlan* plan, Ledger* ledger, HubHistory* history, HubCounts* counts);

  // Takes a unit up: a new one, or as the ledger's rows of its samples say.
  void Add(const UnitKey& key, uint32_t samples);
  // After all units: the leases that were open, each good until `expires`.
  void RestoreLeases(absl::Time expires);

  const WorkUnit* Find(const UnitKey& key) const;
  // Units with samples to lease, in the order in which they are served.
  const std::set<UnitKey>& ready() const { return ready_; }
  uint64_t free_samples() const { return free_samples_; }
  const std::map<uint64_t, WorkLease>& leases() const { return leases_; }

  // Leases up to `most` free samples of a ready unit.  The reference is good until the next call.
  const WorkLease& Grant(const UnitKey& key, uint64_t most, const LeaseHolder& holder, uint32_t lineage,
                         const StepInterval& versions, absl::Time expires);

  // False: there is no such lease, or someone else has it.
  bool Renew(uint64_t lease_id, const LeaseHolder& holder, absl::Time expires);
  bool Release(uint64_t lease_id, const LeaseHolder& holder);
  // A holder named all leases it knows of.  Ends restored ones that it does not name for the second time: the
  // reply that granted them was lost with the earlier life of the hub.  Twice, because a renewal may have
  // been under way since before.  How many.
  int EndUnheardOf(const LeaseHolder& holder, const std::set<uint64_t>& named);
  // The leases that other instances of a worker hold: a name has one live holder.  How many.
  int ReleaseOthers(const LeaseHolder& holder);
  // Everyone's leases, or those that are over; how many.
  int EndEverything(std::string_view why);
  int Expire(absl::Time now);
  // When the next lease expires; InfiniteFuture without leases.
  absl::Time NextExpiry() const;

  // Makes a sample terminal: `row` is complete, its state kSealed or kDropped.
  void Settle(const SampleRow& row);
  void Remove(const UnitKey& key);

  // "2/17/5", "eval 20/17/0": for the history.
  std::string NameOf(const UnitKey& unit) const;
  std::string NameOf(const UnitKey& unit, uint32_t index) const;

 private:
  using Lease = std::map<uint64_t, WorkLease>::iterator;
  void SetSlot(WorkUnit* unit, uint32_t index, WorkSlot slot);
  void PutSample(const WorkUnit& unit, uint32_t index, SampleState state);
  // The lease's samples wait again, and it is gone.
  void End(Lease lease, std::string_view why);
  int EndAll(const std::function<bool(const WorkLease&)>& which, std::string_view why);
  void Schedule(WorkLease* lease, absl::Time expires);

  const RunPlan* const plan_;
  Ledger* const ledger_;
  HubHistory* const history_;
  HubCounts* const counts_;
  std::map<UnitKey, WorkUnit> units_;
  std::set<UnitKey> ready_;
  uint64_t free_samples_ = 0;
  std::map<uint64_t, WorkLease> leases_;
  std::set<std::pair<absl::Time, uint64_t>> expiries_;
  uint64_t next_lease_id_;
};

}  // namespace rubato
