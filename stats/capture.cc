#include "stats/capture.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/stats.pb.h"

namespace rubato {
namespace {

// Above any model or response; keeps every product below in int.
constexpr int kMaxLag = 1 << 20;
constexpr int kMaxLayers = 1 << 12;
constexpr int kMaxHeads = 1 << 12;

absl::Status Bad(const char* field, const std::string& value, const std::string& rule) {
  return absl::InvalidArgumentError(absl::StrCat("capture.", field, " is ", value, "; it must be ", rule));
}

absl::Status CheckRange(const char* field, int value, int min, int max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return Bad(field, absl::StrCat(value), absl::StrCat("in ", min, "..", max));
}

absl::Status CheckLayers(const std::vector<int>& layers) {
  const std::string rule =
      absl::StrCat("an ascending list of 1 to ", kMaxLayers, " layers below ", kMaxLayers);
  if (layers.empty() || layers.size() > kMaxLayers) {
    return Bad("layers", absl::StrCat("a list of ", layers.size()), rule);
  }
  int previous = -1;
  for (int layer : layers) {
    if (layer <= previous || layer >= kMaxLayers) return Bad("layers", absl::StrJoin(layers, " "), rule);
    previous = layer;
  }
  return absl::OkStatus();
}

// A message field as int; what does not fit becomes a value that ValidateCapture refuses.
int Narrow(uint32_t value) {
  constexpr uint32_t kMax = std::numeric_limits<int>::max();
  return static_cast<int>(value > kMax ? kMax : value);
}

}  // namespace

absl::Status ValidateCapture(const Capture& capture) {
  absl::Status status = CheckRange("w", capture.w, 1, kMaxLag);
  if (status.ok()) status = CheckRange("h_lo", capture.h_lo, 1, kMaxLag);
  if (status.ok()) status = CheckRange("h_hi", capture.h_hi, capture.h_lo, kMaxLag);
  if (status.ok()) status = CheckLayers(capture.layers);
  if (status.ok()) status = CheckRange("heads", capture.heads, 1, kMaxHeads);
  if (!status.ok()) return status;
  if (!(capture.head_share > 0 && capture.head_share <= 0.5)) {
    return Bad("head_share", absl::StrCat(capture.head_share), "in (0, 0.5]");
  }
  if (capture.head_set_version != 0) {
    return Bad("head_set_version", absl::StrCat(capture.head_set_version),
               "0: heads are ranked on each response");
  }
  return absl::OkStatus();
}

std::string DescribeCapture(const Capture& capture) {
  return absl::StrCat("w ", capture.w, ", h_lo ", capture.h_lo, ", h_hi ", capture.h_hi, ", layers ",
                      absl::StrJoin(capture.layers, " "), ", heads ", capture.heads, ", head_share ",
                      capture.head_share, ", head_set_version ", capture.head_set_version);
}

void EncodeCapture(const Capture& capture, CaptureSettings* message) {
  message->Clear();
  message->set_w(capture.w);
  message->set_h_lo(capture.h_lo);
  message->set_h_hi(capture.h_hi);
  for (int layer : capture.layers) message->add_layers(layer);
  message->set_heads(capture.heads);
  message->set_head_share(capture.head_share);
  message->set_head_set_version(capture.head_set_version);
}

absl::StatusOr<Capture> DecodeCapture(const CaptureSettings& message) {
  Capture capture;
  capture.w = Narrow(message.w());
  capture.h_lo = Narrow(message.h_lo());
  capture.h_hi = Narrow(message.h_hi());
  for (uint32_t layer : message.layers()) capture.layers.push_back(Narrow(layer));
  capture.heads = Narrow(message.heads());
  capture.head_share = message.head_share();
  capture.head_set_version = message.head_set_version();
  if (absl::Status status = ValidateCapture(capture); !status.ok()) return status;
  return capture;
}

}  // namespace rubato
