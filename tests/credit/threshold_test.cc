#include "credit/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rubato {
namespace {

using Kind = Threshold::Kind;
using ::testing::HasSubstr;

TEST(Threshold, IsReadAsYamlWritesIt) {
  EXPECT_EQ(*ParseThreshold("median"), Threshold{});
  EXPECT_EQ(*ParseThreshold("{quantile: 0.25}"), (Threshold{Kind::kQuantile, 0.25}));
  EXPECT_EQ(*ParseThreshold(" quantile:1 "), (Threshold{Kind::kQuantile, 1}));
  EXPECT_EQ(*ParseThreshold("{ value : 3.5 }"), (Threshold{Kind::kValue, 3.5}));
}

TEST(Threshold, OfNoKnownKindOrOutOfRangeIsRefusedByName) {
  for (const char* text :
       {"", "mean", "0.5", "quantile", "{quantile: 1.5}", "{quantile: -0.1}", "{value: -1}", "{value: nan}",
        "{value: inf}", "{value: 1", "{tertile: 0.5}", "{quantile: x}"}) {
    EXPECT_THAT(std::string(ParseThreshold(text).status().message()), HasSubstr("is no threshold")) << text;
  }
}

TEST(Threshold, ReadsWhatItWrites) {
  for (const Threshold& threshold :
       {Threshold{}, Threshold{Kind::kQuantile, 0.1}, Threshold{Kind::kValue, 1.0 / 3}}) {
    EXPECT_EQ(*ParseThreshold(ToText(threshold)), threshold);
  }
}

TEST(Threshold, LiesAmongTheValuesOrWhereItWasPut) {  // C11
  const std::vector<double> values = {4, 1, std::nan(""), 3, 2};
  EXPECT_EQ(Threshold{}.Among(values), 2.5);
  EXPECT_EQ((Threshold{Kind::kQuantile, 0.5}).Among(values), 2.5);
  EXPECT_EQ((Threshold{Kind::kQuantile, 0}).Among(values), 1);
  EXPECT_EQ((Threshold{Kind::kValue, 9}).Among(values), 9);
  EXPECT_TRUE(std::isnan(Threshold{}.Among({})));
}

}  // namespace
}  // namespace rubato
