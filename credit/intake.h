// Is a submitted sample what its lease asked for, and can it train?  A pure function; any thread.
//
// Nothing a worker sends is believed: tokens, log-probs, verdict, settings, versions and statistics are each
// checked. What fails is refused with a reason (drop_reasons.h) and a detail that names field, position and
// value.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "credit/lease_policy.h"
#include "proto/sample.pb.h"
#include "stats/capture.h"

namespace rubato {

// What every sample of the run must be.
struct RunIntakeRules {
  double temperature = 1;
  uint32_t max_new_tokens = 0;
  std::string tokenizer_digest;  // 32 bytes
  std::string config_digest;     // 32 bytes
  int32_t vocabulary = 0;        // token ids are below
  std::vector<int32_t> end_ids;  // empty: unknown, FINISH_STOP is believed
  Capture capture;
};

// What one unit of work asked for.
struct UnitIntakeRules {
  std::string_view prompt_ids;  // packed int32
  StepInterval versions;
  uint32_t lineage = 0;
  // OK if the version is one that workers were ever given, with exactly this digest.
  std::function<absl::Status(const WeightVersion&)> check_version;
};

struct Examined {
  std::string_view reason;  // empty: it can train.  Otherwise it is terminal, and why
  std::string detail;       // for people
  // Filled in as far as the checks came.
  bool verified = false;  // the verdict is OK
  double reward = 0;
  uint64_t tokens = 0;     // of the response
  bool cut_short = false;  // FINISH_LENGTH
  bool measured = false;   // statistics are there, sound and whole
  uint64_t oldest_step = 0;

  bool refused() const;
};

Examined ExamineSample(const Sample& sample, const RunIntakeRules& run, const UnitIntakeRules& unit);

// SHA-256 over the sample without lease, attempt, maker and time: two submissions of the same content are the
// same. 32 bytes.
std::string ContentDigest(const Sample& sample);

}  // namespace rubato
