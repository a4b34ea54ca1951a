#include "credit/pass_order.h"

#include <numeric>

#include "common/concat.h"
#include "common/random_stream.h"

namespace rubato {

std::vector<uint64_t> OrderOfPass(uint64_t seed, uint32_t pass, uint64_t rows) {
  std::vector<uint64_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  RandomStream(seed, Concat("order of pass ", pass)).Shuffle(&order);
  return order;
}

uint64_t PassOrder::RowAt(uint32_t pass, uint64_t position) {
  if (!shuffle_) return position;
  if (pass_ != pass) {
    order_ = OrderOfPass(seed_, pass, rows_);
    pass_ = pass;
  }
  return order_[position];
}

}  // namespace rubato
