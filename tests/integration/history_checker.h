// Replays the history of a run (RUN/ledger/history.jsonl) against a model of what may happen, and tells what
// did that may not.
//
// The model knows nothing of the hub's code; its rules are those of docs/history.md:
//   - events are numbered without a gap;
//   - a sample is issued once, leased by one lease at a time, sealed at most once, and never touched again
//   once dropped;
//   - a batch holds sealed samples of complete groups of its own step, and each step has one;
//   - steps are committed in order, once per lineage, with their batch's digest, by the present learner
//   generation;
//   - no sample is in two committed steps that survive;
//   - incarnations, generations and lineages count up by one;
//   - checkpoints are of committed versions; each version is evaluated at most once.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/json.h"

namespace rubato {

// Where the samples of a run stand when its history ends.  Names are "pass/position/index".
struct HistoryEnd {
  std::set<std::string> issued;
  std::set<std::string> sealed;  // every sample that was acknowledged as accepted
  std::set<std::string> trained;
  std::map<std::string, std::string> dropped;  // reason by sample
  uint64_t next_step = 0;
  uint64_t lineage = 0;

  std::set<std::string> Pending() const;
};

// What is wrong, one sentence a line; empty: nothing.  `end`, if given, is filled in.
std::string CheckHistory(const std::vector<Json>& events, HistoryEnd* end = nullptr);

// Every sample that a worker was told is accepted is in the history, and ends trained, dropped or pending.
std::string CheckAcknowledged(const HistoryEnd& end, const std::set<std::string>& acknowledged);

}  // namespace rubato
