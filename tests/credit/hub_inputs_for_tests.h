// A run small enough for tests, without files, and samples that a worker of it could have made.

#pragma once

#include <functional>
#include <string>

#include "credit/hub_inputs.h"
#include "proto/rollout.pb.h"

namespace rubato {

// 3 steps of 2 groups of 3 samples over 4 rows, synchronous, 2 sampled layers of 2 heads, no evaluation;
// `change` may say otherwise before everything else is derived from it.
HubInputs TinyInputs(const std::function<void(RunConfig*)>& change = nullptr, size_t eval_rows = 0);

// A sound sample of `work.keys(index)` by `version`.  What it holds is a function of key and version alone,
// as it is with a real worker.
Sample MakeSample(const HubInputs& inputs, const Work& work, int index, const WeightVersion& version);

// "2/17/5" or "eval 20/17/0", as the history names them.
std::string NameOfWork(const WorkKey& key, uint64_t version_step);

}  // namespace rubato
