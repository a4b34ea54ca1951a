// Which versions are evaluated, and on how many rows.  A value; pure functions; any thread.

#pragma once

#include <cstdint>

namespace rubato {

struct EvalPlan {
  uint64_t data_rows = 0;     // of the evaluation data; 0: there is none, nothing is evaluated
  uint64_t every = 0;         // steps; 0: the first and the last version only
  uint64_t rows = 0;          // of the first and the last evaluation; 0: all
  uint64_t rows_between = 0;  // of the others; 0: as many
  uint32_t samples_per_row = 1;
  uint64_t steps = 0;  // of the run

  // Version 0, every multiple of `every`, and the last.
  bool Due(uint64_t version) const;
  // How many rows, from the beginning of the data.
  uint64_t RowsOf(uint64_t version) const;
};

}  // namespace rubato
