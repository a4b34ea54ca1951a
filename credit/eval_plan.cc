#include "credit/eval_plan.h"

#include <algorithm>

namespace rubato {

bool EvalPlan::Due(uint64_t version) const {
  if (data_rows == 0 || version > steps) return false;
  return version == 0 || version == steps || (every > 0 && version % every == 0);
}

uint64_t EvalPlan::RowsOf(uint64_t version) const {
  const uint64_t at_the_ends = rows == 0 ? data_rows : std::min(rows, data_rows);
  if (version == 0 || version == steps || rows_between == 0) return at_the_ends;
  return std::min(rows_between, data_rows);
}

}  // namespace rubato
