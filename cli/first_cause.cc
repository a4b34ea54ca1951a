#include "cli/first_cause.h"

#include "common/concat.h"

namespace rubato {

std::string RenderDeath(const Death& death) {
  std::string text = Concat(death.name, " ended: ", death.how);
  for (const std::string& line : death.last_lines) text += Concat("\n  | ", line);
  return text;
}

}  // namespace rubato
