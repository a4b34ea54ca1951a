// Everything the hub is told before it starts: the run's configuration, what it means for the data and the
// model at hand, and the prompts.  Immutable once made; any thread.

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "credit/credit_settings.h"
#include "credit/eval_plan.h"
#include "credit/group_credit.h"
#include "credit/intake.h"
#include "credit/run_plan.h"
#include "proto/config.pb.h"
#include "proto/stats.pb.h"

namespace rubato {

struct HubPrompt {
  std::string ids;       // packed int32: leased, generated from and trained
  std::string row_json;  // for the verifier
};

struct HubInputs {
  RunConfig config;           // resolved
  std::string config_digest;  // each digest is 32 bytes
  std::string model_config_digest;
  std::string tokenizer_digest;
  std::string data_digest;  // of all prompts and rows, in order

  std::vector<HubPrompt> train;
  std::vector<HubPrompt> eval;

  // Derived from the above by DeriveInputs:
  RunPlan plan;
  EvalPlan eval_plan;
  CreditSettings credit;
  GroupRules group_rules;
  RunIntakeRules intake;
  CaptureSettings capture;
};

// Fills in what follows from configuration, data and digests.  `intake.vocabulary`, `intake.end_ids` and
// `intake.capture` are set already.
absl::Status DeriveInputs(HubInputs* inputs);

// Reads model and data that a configuration names, renders and tokenizes each prompt once, and checks its
// length. All problems at once, with file and line (exit 65).
absl::StatusOr<HubInputs> LoadHubInputs(const RunConfig& config);

}  // namespace rubato
