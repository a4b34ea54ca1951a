// What is measured while a step is trained, as sums and maxima that add up over micro-batches and over ranks.
//
// A plain value.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "comm/communicator.h"
#include "proto/learner.pb.h"

namespace rubato {

struct StepTally {
  // Sums over trained tokens; `loss` is weighted, the others are not.
  struct Sums {
    double loss = 0;
    double ratio = 0;
    double kl = 0;  // rho - 1 - log rho, an estimate of KL(behaviour || policy)
    double entropy = 0;
    double clipped = 0;
    double tokens = 0;
    double gap_tokens = 0;  // tokens whose log-prob was compared with the rollout's
  } sums;
  struct Maxima {
    double ratio = 0;
    double gap = 0;  // abs(learner - rollout log-prob)
  } maxima;

  void Add(const StepTally& other);

  // Becomes that of all ranks together.
  absl::Status AllReduce(Communicator* comm, const std::string& call);

  // Fills in the fields that follow from the tally; means over no tokens are 0.
  void Report(StepReport* report) const;
};

}  // namespace rubato
