#include "stats/capture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "proto/stats.pb.h"

namespace rubato {
namespace {

Capture Good() {
  return {.w = 10, .h_lo = 10, .h_hi = 100, .layers = {2, 3, 4}, .heads = 4, .head_share = 0.3};
}

TEST(Capture, ComesBackFromItsMessageUnchanged) {
  CaptureSettings message;
  EncodeCapture(Good(), &message);
  const absl::StatusOr<Capture> decoded = DecodeCapture(message);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, Good());
  EXPECT_EQ(decoded->HeadCount(), 12);
}

TEST(Capture, EncodingReplacesWhatTheMessageHeld) {
  CaptureSettings message;
  message.add_layers(99);
  EncodeCapture(Good(), &message);
  EXPECT_EQ(message.layers_size(), 3);
}

TEST(Capture, SaysWhatItIs) {
  EXPECT_EQ(DescribeCapture(Good()),
            "w 10, h_lo 10, h_hi 100, layers 2 3 4, heads 4, head_share 0.3, head_set_version 0");
}

TEST(Capture, RefusesEachFieldByName) {
  const std::pair<const char*, std::function<void(Capture*)>> faults[] = {
      {"capture.w is 0", [](Capture* c) { c->w = 0; }},
      {"capture.h_lo is 0", [](Capture* c) { c->h_lo = 0; }},
      {"capture.h_hi is 9", [](Capture* c) { c->h_hi = 9; }},
      {"capture.layers is a list of 0", [](Capture* c) { c->layers.clear(); }},
      {"capture.layers is 3 2",
       [](Capture* c) {
         c->layers = {3, 2};
       }},
      {"capture.layers is 3 3",
       [](Capture* c) {
         c->layers = {3, 3};
       }},
      {"capture.layers is -1 2",
       [](Capture* c) {
         c->layers = {-1, 2};
       }},
      {"capture.heads is 0", [](Capture* c) { c->heads = 0; }},
      {"capture.head_share is 0", [](Capture* c) { c->head_share = 0; }},
      {"capture.head_share is 0.6", [](Capture* c) { c->head_share = 0.6; }},
      {"capture.head_share is nan", [](Capture* c) { c->head_share = std::nan(""); }},
      {"capture.head_set_version is 1", [](Capture* c) { c->head_set_version = 1; }},
  };
  for (const auto& [expected, fault] : faults) {
    Capture capture = Good();
    fault(&capture);
    const absl::Status status = ValidateCapture(capture);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << expected;
    EXPECT_NE(std::string(status.message()).find(expected), std::string::npos) << status;
  }
}

TEST(Capture, NumbersTooLargeForAnIntAreRefusedNotWrapped) {
  CaptureSettings message;
  EncodeCapture(Good(), &message);
  message.set_w(0xFFFFFFFF);
  EXPECT_FALSE(DecodeCapture(message).ok());
  message.set_w(10);
  message.add_layers(0x80000003);
  EXPECT_FALSE(DecodeCapture(message).ok());
}

}  // namespace
}  // namespace rubato
