// What a rollout worker is asked to measure: the C++ side of the message CaptureSettings (proto/stats.proto).
// The hub makes one from the run's settings, every lease carries it, every record echoes it, and a record
// that echoes another one is refused.  A value; safe from any thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rubato {

class CaptureSettings;  // proto/stats.proto

struct Capture {
  int w = 0;                // window of WAAD (C5), tokens, >= 1
  int h_lo = 0;             // first future lag of FAI (C6), tokens, >= 1
  int h_hi = 0;             // last future lag of FAI, inclusive, >= h_lo
  std::vector<int> layers;  // sampled layers, 0-based, ascending, at least one (C1)
  int heads = 0;            // query heads of each layer, >= 1
  double head_share = 0;    // share of the sampled heads in each head set (C3), in (0, 0.5]
  // 0: heads are ranked on each response by its own d.  Other numbers would name sets handed out by the hub.
  uint32_t head_set_version = 0;

  // Sampled heads, the length of d.
  int HeadCount() const { return static_cast<int>(layers.size()) * heads; }

  friend bool operator==(const Capture&, const Capture&) = default;
};

// OK, or INVALID_ARGUMENT naming the field and its value.
absl::Status ValidateCapture(const Capture& capture);

// "w 10, h_lo 10, h_hi 100, layers 2 3 4, heads 4, head_share 0.3, head_set_version 0", for messages.
std::string DescribeCapture(const Capture& capture);

// The settings as a message, and back.  INVALID_ARGUMENT as ValidateCapture.
void EncodeCapture(const Capture& capture, CaptureSettings* message);
absl::StatusOr<Capture> DecodeCapture(const CaptureSettings& message);

}  // namespace rubato
