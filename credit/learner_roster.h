// The ranks of the learner: they join, and when all are there they are one generation, until a rank joins
// anew. A generation is never repaired: the first of its ranks that joins as another instance ends it, and
// everyone else in it is told ABORTED at the next call.
//
// Owned by the hub's thread; generation, members and rendezvous are written to the ledger in the same call.

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "credit/hub_history.h"
#include "credit/ledger.h"

namespace rubato {

class LearnerRoster {
 public:
  // A rank that waits for the others and has not asked again for this long is not waiting any more.
  static constexpr absl::Duration kPatience = absl::Seconds(25);

  LearnerRoster(uint32_t world, Ledger* ledger, HubHistory* history);

  // Rank `rank` wants to be in a generation.  The number of the one it is in now, or 0: not all ranks have
  // come yet. A member that joins again, because it lost the reply, gets the same number.
  uint64_t Join(uint32_t rank, const std::string& instance, absl::Time now);

  // Its processes are gone: they belonged to an earlier run epoch.
  void EndGeneration();

  // OK if `generation` is the present one and whole; otherwise ABORTED.
  absl::Status Check(uint64_t generation) const;

  uint64_t generation() const { return generation_; }
  bool whole() const { return whole_; }
  uint32_t world() const { return world_; }
  // "rank 1 of 2", the ranks that have not come; empty: all have.
  std::string Missing() const;

  // Where the present generation meets; empty: not published yet.
  const std::string& rendezvous() const { return rendezvous_; }
  void PublishRendezvous(const std::string& address);

 private:
  struct Waiting {
    std::string instance;
    absl::Time last_asked;
  };
  void Form();

  const uint32_t world_;
  Ledger* const ledger_;
  HubHistory* const history_;
  uint64_t generation_ = 0;
  bool whole_ = false;
  std::map<uint32_t, std::string> members_;  // instance by rank
  std::string rendezvous_;
  std::map<uint32_t, Waiting> waiting_;
};

}  // namespace rubato
