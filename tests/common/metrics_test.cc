#include "common/metrics.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "common/fake_clock.h"

namespace rubato {
namespace {

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Metrics, CountersExistAtZero) {
  Metrics metrics("credit");
  metrics.AddCounter("samples", "Samples by outcome.", {{"outcome", "trained"}});
  const std::string text = metrics.Render();
  EXPECT_TRUE(Contains(text, "# HELP rubato_samples_total Samples by outcome.\n")) << text;
  EXPECT_TRUE(Contains(text, "# TYPE rubato_samples_total counter\n")) << text;
  EXPECT_TRUE(Contains(text, "rubato_samples_total{outcome=\"trained\"} 0\n")) << text;
}

TEST(Metrics, SayWhichRoleIsUp) {
  const std::string text = Metrics("learner").Render();
  EXPECT_TRUE(Contains(text, "rubato_role_up{role=\"learner\"} 1\n")) << text;
  EXPECT_TRUE(Contains(text, "rubato_build_info{")) << text;
}

TEST(Metrics, CountThroughEveryHandleOfASeries) {
  Metrics metrics("x");
  Counter one = metrics.AddCounter("steps_total", "Steps.");
  Counter other = metrics.AddCounter("steps", "Steps.");
  one.Add();
  other.Add(2);
  EXPECT_EQ(one.Value(), 3);
  EXPECT_TRUE(Contains(metrics.Render(), "rubato_steps_total 3\n"));
}

TEST(Metrics, GaugesAndHistogramsHoldWhatTheyAreGiven) {
  Metrics metrics("x");
  Gauge gauge = metrics.AddGauge("queue_depth", "Waiting samples.");
  gauge.Set(5);
  gauge.Add(-2);
  EXPECT_EQ(gauge.Value(), 3);
  Histogram histogram =
      metrics.AddHistogram("call_seconds", "Duration of calls.", {0.1, 1}, {{"call", "Lease"}});
  histogram.Observe(0.5);
  const std::string text = metrics.Render();
  EXPECT_TRUE(Contains(text, "rubato_call_seconds_bucket{call=\"Lease\",le=\"0.1\"} 0\n")) << text;
  EXPECT_TRUE(Contains(text, "rubato_call_seconds_bucket{call=\"Lease\",le=\"1\"} 1\n")) << text;
  EXPECT_TRUE(Contains(text, "rubato_call_seconds_count{call=\"Lease\"} 1\n")) << text;
}

TEST(Metrics, StampProgressByStage) {
  FakeClock clock(absl::FromUnixSeconds(1000));
  Metrics metrics("x", &clock);
  Progress progress = metrics.AddProgress("decode");
  EXPECT_TRUE(Contains(metrics.Render(), "rubato_last_progress_timestamp_seconds{stage=\"decode\"} 1000\n"));
  clock.Advance(absl::Seconds(5));
  progress.Stamp();
  EXPECT_TRUE(Contains(metrics.Render(), "rubato_last_progress_timestamp_seconds{stage=\"decode\"} 1005\n"));
}

TEST(Metrics, RefuseWhatWouldGrowWithoutEnd) {
  Metrics metrics("x");
  for (int i = 0; i < 64; ++i) metrics.AddCounter("by_worker", "By worker.", {{"worker", std::to_string(i)}});
  EXPECT_THROW(metrics.AddCounter("by_worker", "By worker.", {{"worker", "64"}}), std::invalid_argument);
}

TEST(Metrics, RefuseNamesThatPrometheusWouldNotTake) {
  Metrics metrics("x");
  EXPECT_THROW(metrics.AddGauge("queueDepth", "x"), std::invalid_argument);
  EXPECT_THROW(metrics.AddGauge("queue-depth", "x"), std::invalid_argument);
  EXPECT_THROW(metrics.AddGauge("", "x"), std::invalid_argument);
  EXPECT_THROW(metrics.AddGauge("depth", ""), std::invalid_argument);
  EXPECT_THROW(metrics.AddGauge("depth", "x", {{"Label", "v"}}), std::invalid_argument);
}

}  // namespace
}  // namespace rubato
