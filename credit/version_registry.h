// Which weights exist, which are current, and where they can be fetched.
//
// Version v is what v committed steps made.  A lineage begins at a step and inherits the versions before it:
// `surviving` are those on the way from version 0 to the current one.  One version at most is prepared:
// offered by the learner for the step in progress, unseen by workers.  Sources are those of the learner
// generation that offered them; a new generation makes them forgotten.
//
// Owned by the hub's thread; every change is written to the ledger in the same call.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/hub_history.h"
#include "credit/ledger.h"
#include "proto/identity.pb.h"

namespace rubato {

class VersionRegistry {
 public:
  VersionRegistry(Ledger* ledger, HubHistory* history);

  uint32_t lineage() const { return static_cast<uint32_t>(lineage_starts_.size()) - 1; }
  // The oldest version that is the present lineage's own.
  uint64_t first_version() const { return lineage() == 0 ? 0 : lineage_starts_.back() + 1; }
  // The lineage whose commit of `step` survives (or will, if it is still to come).
  uint32_t LineageOfStep(uint64_t step) const;
  // The surviving version `step`; null: not committed.
  const VersionRow* Find(uint64_t step) const;
  const VersionRow* current() const { return current_ ? Find(*current_) : nullptr; }
  const VersionRow* prepared() const { return prepared_ ? &*prepared_ : nullptr; }

  // OK if workers may serve it: committed, surviving, with this digest.  FAILED_PRECONDITION says what
  // differs.
  absl::Status CheckServable(const WeightVersion& version) const;
  // Where a version can be fetched from, as the generation `generation` offered it.
  std::vector<std::string> SourcesOf(uint64_t step, uint64_t generation) const;

  // The run's first weights become current.
  void Begin(const VersionRow& version);
  // A surviving version is served from elsewhere now.
  void SetSources(uint64_t step, uint64_t generation, std::vector<std::string> addresses);
  // Replaces what was prepared before.
  void Prepare(VersionRow version);
  // Version `step` of the present lineage becomes current; with its sources if it was prepared.
  void Commit(uint64_t step, const std::string& digest, uint64_t generation);
  // Opens a lineage whose first own commit is that of `first_step`.
  void OpenLineage(uint64_t first_step);

 private:
  Ledger* const ledger_;
  HubHistory* const history_;
  std::vector<uint64_t> lineage_starts_;  // by lineage: the first step that is committed in it
  std::map<std::pair<uint32_t, uint64_t>, VersionRow> committed_;
  std::optional<uint64_t> current_;
  std::optional<VersionRow> prepared_;
};

// The same as a message.
WeightVersion ToMessage(const VersionRow& row);

}  // namespace rubato
