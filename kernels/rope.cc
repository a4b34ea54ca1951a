#include "kernels/rope.h"

#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

#include "kernels/rope_isa.h"

namespace rubato {
namespace {

// A block of a head of 128 is 32 KiB and takes a tenth of a millisecond to make.
constexpr int kBlockPositions = 64;

}  // namespace

struct RopeTable::Blocks {
  std::vector<double> angles;
  double scale;
  int positions;
  std::mutex making;
  std::vector<std::unique_ptr<float[]>> owned;
  // Null until made; then [kBlockPositions][cosines, sines].
  std::vector<std::atomic<const float*>> made;

  Blocks(std::vector<double> the_angles, double the_scale, int the_positions)
      : angles(std::move(the_angles)),
        scale(the_scale),
        positions(the_positions),
        made(static_cast<size_t>((positions + kBlockPositions - 1) / kBlockPositions)) {}

  const float* Make(size_t block) {
    const std::lock_guard<std::mutex> lock(making);
    if (const float* other = made[block].load(std::memory_order_relaxed); other != nullptr) return other;
    owned.push_back(std::make_unique_for_overwrite<float[]>(kBlockPositions * 2 * angles.size()));
    float* out = owned.back().get();
    for (int i = 0; i < kBlockPositions; ++i) {
      const double position = static_cast<double>(block) * kBlockPositions + i;
      // Rounded like the angles of other engines; see policy/rope_config.cc.
      const auto turned = [&](double angle) {
        return static_cast<double>(static_cast<float>(position * angle));
      };
      for (const double angle : angles) *out++ = static_cast<float>(scale * std::cos(turned(angle)));
      for (const double angle : angles) *out++ = static_cast<float>(scale * std::sin(turned(angle)));
    }
    made[block].store(owned.back().get(), std::memory_order_release);
    return owned.back().get();
  }
};

RopeTable::RopeTable(std::vector<double> angles, double scale, int positions)
    : blocks_(std::make_unique<Blocks>(std::move(angles), scale, positions)) {}

RopeTable::~RopeTable() = default;
RopeTable::RopeTable(RopeTable&&) noexcept = default;
RopeTable& RopeTable::operator=(RopeTable&&) noexcept = default;

int RopeTable::head_dim() const { return static_cast<int>(2 * blocks_->angles.size()); }
int RopeTable::positions() const { return blocks_->positions; }

const float* RopeTable::cosines(int position) const {
  const size_t block = static_cast<size_t>(position / kBlockPositions);
  const float* made = blocks_->made[block].load(std::memory_order_acquire);
  if (made == nullptr) made = blocks_->Make(block);
  return made + static_cast<size_t>(position % kBlockPositions) * 2 * blocks_->angles.size();
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
