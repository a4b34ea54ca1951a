#include "kernels/rope.h"

#include <cmath>

#include "kernels/rope_isa.h"

namespace rubato {

RopeTable::RopeTable(double theta, int head_dim, int positions) : head_dim_(head_dim), positions_(positions) {
  const int half = head_dim / 2;
  std::vector<double> frequencies;
  for (int i = 0; i < half; ++i) frequencies.push_back(std::pow(theta, -2.0 * i / head_dim));
  table_.reserve(static_cast<size_t>(positions) * static_cast<size_t>(head_dim));
  for (int position = 0; position < positions; ++position) {
    for (double f : frequencies) table_.push_back(static_cast<float>(std::cos(position * f)));
    for (double f : frequencies) table_.push_back(static_cast<float>(std::sin(position * f)));
  }
}

void ApplyRope(const RopeTable& table, int position, int heads, float* x) {
  RUBATO_FOR_ACTIVE_ISA(RotateHalves)
  (table.cosines(position), table.sines(position), 1.0f, table.head_dim() / 2, heads, x);
}

void ApplyRopeBackward(const RopeTable& table, int position, int heads, float* dx) {
  RUBATO_FOR_ACTIVE_ISA(RotateHalves)
  (table.cosines(position), table.sines(position), -1.0f, table.head_dim() / 2, heads, dx);
}

}  // namespace rubato
