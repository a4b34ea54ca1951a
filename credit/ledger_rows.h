// What the ledger's rows say.  Plain values; any thread.
//
// A unit of work is what one lease asks for and shares one prompt: a group of the run, or one row of an
// evaluation. Both have samples that are issued, sealed and dropped in the same way, so both lie in the same
// tables.

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/segment.h"

namespace rubato {

// Orders evaluations before groups, each in the order in which they are served.
struct UnitKey {
  // The step of the weights that are evaluated, or kTraining.
  int64_t evaluation = kTraining;
  // Of a group: its number in the run, pass * rows + position.  Of an evaluation: the row.
  uint64_t ordinal = 0;

  static constexpr int64_t kTraining = INT64_MAX;
  static UnitKey Group(uint64_t number) { return {kTraining, number}; }
  static UnitKey EvalRow(uint64_t step, uint64_t row) { return {static_cast<int64_t>(step), row}; }
  bool training() const { return evaluation == kTraining; }

  friend auto operator<=>(const UnitKey&, const UnitKey&) = default;
};

enum class SampleState : int {
  kWaiting = 0,  // was issued; not leased at present
  kLeased = 1,
  kSealed = 2,   // its submission is durable: it waits for its step, or counts in its evaluation
  kTrained = 3,  // member of a committed step of the surviving lineage
  kDropped = 4,  // will never train; `reason` says why
};

struct SampleRow {
  UnitKey unit;
  uint32_t index = 0;
  SampleState state = SampleState::kWaiting;
  std::string reason;     // kDropped
  uint32_t attempt = 0;   // of its latest lease
  uint64_t lease_id = 0;  // its latest
  // From here on: set once a submission is sealed, and kept when the sample is dropped later.
  std::string digest;  // 32 bytes, of the submitted sample without lease, attempt, maker and time
  std::optional<PayloadRef> payload;  // message Sample
  bool verified = false;              // its verdict is OK
  double reward = 0;
  uint64_t tokens = 0;     // of the response
  bool cut_short = false;  // ended by the token limit
  bool measured = false;   // its statistics are whole
  uint32_t lineage = 0;    // of the weights that sampled it
  uint64_t oldest_step = 0;
};

struct LeaseRow {
  uint64_t id = 0;
  UnitKey unit;
  uint32_t attempt = 0;
  std::string worker;
  std::string instance;
  // The weights it asked for.
  uint32_t lineage = 0;
  uint64_t oldest_step = 0;
  uint64_t newest_step = 0;
};

enum class UnitState : int {
  kOpen = 0,      // some sample is not terminal
  kComplete = 1,  // a group with credit; a row of an evaluation that is done
  kDropped = 2,   // a group that will not train; `reason` says why
};

struct UnitRow {
  UnitKey unit;
  UnitState state = UnitState::kOpen;
  std::string reason;
  std::optional<PayloadRef> credit;  // message GroupCredit of a complete group
};

struct StepRow {
  uint32_t lineage = 0;
  uint64_t step = 0;
  std::string batch_digest;  // 32 bytes
  std::string summary;       // message StepRecord
  // Set when it is committed:
  bool committed = false;
  uint64_t generation = 0;
  std::string weight_digest;  // of version step + 1
  std::string report;         // message StepReport
  std::string commit_record;  // message CommitRecord
};

struct VersionRow {
  uint32_t lineage = 0;
  uint64_t step = 0;
  std::string digest;
  bool prepared = false;    // offered, its step not committed yet
  uint64_t generation = 0;  // that serves it
  std::vector<std::string> addresses;
};

struct EvaluationRow {
  uint64_t step = 0;
  uint32_t lineage = 0;
  std::string digest;  // of the version
  uint64_t rows = 0;
  uint32_t samples_per_row = 0;
  bool finished = false;
  double mean_reward = 0;  // over verified samples
  uint64_t verified = 0;
  uint64_t failed = 0;  // terminal without a verdict
};

struct CheckpointRow {
  uint32_t lineage = 0;
  uint64_t step = 0;
  uint64_t generation = 0;
  std::string path;
  std::string manifest_digest;
  bool retired = false;
};

struct OwnerRow {
  uint64_t run_epoch = 0;
  uint64_t hub_incarnation = 0;
  std::string owner;  // who started the hub: another one begins a new run epoch
};

}  // namespace rubato
