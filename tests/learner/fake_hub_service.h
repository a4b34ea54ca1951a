// A hub for tests of the learner: it holds a fixed list of batches and remembers what ranks told it.
//
// A server is a value.  Its fields may be read and changed while no rank runs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proto/config.pb.h"
#include "proto/learner.pb.h"

namespace rubato {

class FakeHub {
 public:
  struct Script {
    RunConfig config;
    int world = 1;
    // All samples of each step; ranks get them in turn.  After the last step the run is finished.
    std::vector<std::vector<BatchSample>> batches;
    // This step and later ones: GetBatch says so instead.
    uint64_t drain_at = UINT64_MAX;
    uint64_t abort_at = UINT64_MAX;
    // The commit of this step opens lineage 1.
    uint64_t lineage_opened_at = UINT64_MAX;
  };
  struct Record {
    std::vector<CommitStepRequest> commits;   // in the order of their arrival
    std::vector<WeightManifest> offers;       // the same
    std::vector<CheckpointRef> checkpoints;   // newest first: what Join answers
    std::map<uint64_t, std::string> digests;  // of the version that each step made
    uint64_t generation = 0;
  };

  FakeHub();
  ~FakeHub();

  // Starts to answer; false if it cannot.
  bool Start();
  std::string address() const;

  Script script;
  Record record;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace rubato
