// Where the time of a run goes, as far as its status tells.  Pure; a value.

#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "proto/run.pb.h"

namespace rubato {

enum class RunPart {
  kStart,            // processes start, the model is loaded and offered
  kFirstEvaluation,  // of the weights that the run begins with
  kTraining,         // steps, and the evaluations between them
  kLastEvaluation,
  kEnd,  // last checkpoint, processes end
};

RunPart PartOf(const RunStatus& status);

class RunTimes {
 public:
  explicit RunTimes(absl::Time now) : last_(now) {}

  // Everything since the last call was spent in `part`.
  void Note(RunPart part, absl::Time now);

  // "55s = start 2s + first evaluation 9s + training 38s + last evaluation 5s + end 1s"; parts below half a
  // second are left out.
  std::string Render() const;

 private:
  absl::Time last_;
  std::map<RunPart, absl::Duration> spent_;
};

}  // namespace rubato
