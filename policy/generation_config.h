#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/json.h"
#include "common/problems.h"

namespace rubato {

// What generation_config.json recommends, as far as we sample that way; what it leaves out is absent here.  A
// value.  A run's own sampling settings always win: these are what commands start from that were not told.
struct GenerationConfig {
  std::optional<bool> do_sample;
  std::optional<double> temperature;   // > 0
  std::optional<double> top_p;         // (0, 1]
  std::optional<int> top_k;            // >= 0; 0: all
  std::vector<int32_t> end_token_ids;  // ascending, no id twice; empty if the file names none
};

// Everything that is wrong goes to `problems`, each with key and value; ids are checked against `vocab` where
// it is > 0.
GenerationConfig ParseGenerationConfig(const Json& json, int vocab, Problems* problems);

}  // namespace rubato
