// Texts that are the same here and in tests/oracle/generated_text.py: a pure function of seed and parts.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/json.h"

namespace rubato {

class GeneratedTexts {
 public:
  // From a NAME.parts.json of goldens/.
  explicit GeneratedTexts(const Json& parts);

  std::string Generate(uint64_t seed) const;

 private:
  class Draw;
  std::string Run(Draw* draw) const;

  std::vector<std::string> texts_;
  std::vector<uint32_t> spaces_, zeros_;
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;
};

}  // namespace rubato
