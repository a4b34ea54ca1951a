// Which row of the training data stands at which position of a pass: a pure function of (seed, pass, rows).

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rubato {

// The order of one pass: order[position] = row.
std::vector<uint64_t> OrderOfPass(uint64_t seed, uint32_t pass, uint64_t rows);

// Looks positions up, keeping the order of the pass it was asked for last.  Not thread-safe.
class PassOrder {
 public:
  PassOrder(uint64_t seed, uint64_t rows, bool shuffle) : seed_(seed), rows_(rows), shuffle_(shuffle) {}

  uint64_t RowAt(uint32_t pass, uint64_t position);

 private:
  const uint64_t seed_;
  const uint64_t rows_;
  const bool shuffle_;
  std::optional<uint32_t> pass_;
  std::vector<uint64_t> order_;
};

}  // namespace rubato
