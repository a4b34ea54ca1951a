#include "cli/first_cause.h"

#include "common/concat.h"

namespace rubato {

std::string RenderDeath(const Death& death) { return Concat(death.name, " ended: ", death.how); }

std::string RenderLastLines(const Death& death) {
  std::string text;
  for (const std::string& line : death.last_lines) text += "\n  | " + line;
  return text;
}

}  // namespace rubato
