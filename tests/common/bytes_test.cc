#include "common/bytes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rubato {
namespace {

TEST(Bytes, AreLittleEndian) {
  EXPECT_EQ(PackInt32(std::vector<int32_t>{1, -2}), std::string("\x01\0\0\0\xfe\xff\xff\xff", 8));
  EXPECT_EQ(PackFloat(std::vector<float>{1.0f}), std::string("\0\0\x80\x3f", 4));
}

TEST(Bytes, ComeBackAsTheyWere) {
  const std::vector<int32_t> ints = {0, 7, -1, std::numeric_limits<int32_t>::min()};
  EXPECT_EQ(*UnpackInt32(PackInt32(ints)), ints);
  const std::vector<float> floats = {0.0f, -1.5f, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(*UnpackFloat(PackFloat(floats)), floats);
  const std::vector<double> doubles = {0.1, -1e300};
  EXPECT_EQ(*UnpackDouble(PackDouble(doubles)), doubles);
}

TEST(Bytes, OfNothingAreNothing) {
  EXPECT_EQ(PackInt32({}), "");
  EXPECT_TRUE(UnpackInt32("")->empty());
}

TEST(Bytes, KeepTheBitsOfNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string bytes = PackFloat(std::vector<float>{nan});
  EXPECT_EQ(PackFloat(*UnpackFloat(bytes)), bytes);
}

TEST(Bytes, RefuseASizeThatHoldsHalfAnElement) {
  const auto values = UnpackInt32("12345");
  EXPECT_EQ(values.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(values.status().message().find("5 bytes"), absl::string_view::npos);
}

TEST(Bytes, AppendAndLoadSingleNumbers) {
  std::string bytes;
  AppendNumber<uint16_t>(0x1234, &bytes);
  AppendNumber<uint64_t>(7, &bytes);
  EXPECT_EQ(bytes.size(), 10u);
  EXPECT_EQ(LoadNumber<uint16_t>(bytes.data()), 0x1234);
  EXPECT_EQ(LoadNumber<uint64_t>(bytes.data() + 2), 7u);
}

}  // namespace
}  // namespace rubato
