// What a process counts, for Prometheus.
//
// A Metrics belongs to one process (or one test), is thread-safe, and outlives its handles.  Handles are
// small values; copy them, use them from any thread.  Names are given without the prefix "rubato_", in base
// units (seconds, bytes); counters end in "_total", which is added when missing.  Series exist from the
// moment their handle is made, counters at 0, so that absence means "not this role".  Label values come from
// the code, never from data or model output: a family takes at most 64 series; asking for more, or for a bad
// name, is a bug and throws std::invalid_argument.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace rubato {

class Counter {
 public:
  void Add(double amount = 1);  // amount >= 0
  double Value() const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void Set(double value);
  void Add(double amount);
  double Value() const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  void Observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_;
};

// The last time a stage of a process got something done; a stage that hangs shows as a stamp that stands
// still.
class Progress {
 public:
  void Stamp();

 private:
  friend class Metrics;
  Progress(Gauge gauge, const Clock* clock) : gauge_(gauge), clock_(clock) {}
  Gauge gauge_;
  const Clock* clock_;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Metrics {
 public:
  // Adds role_up{role} 1 and build_info{role,version} 1.
  explicit Metrics(const std::string& role, const Clock* clock = &RealClock());
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels again give a handle of the same series.
  Counter AddCounter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Gauge AddGauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  // `bounds`: upper bounds of the buckets, ascending, the same for all series of a name.
  Histogram AddHistogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                         const MetricLabels& labels = {});
  // last_progress_timestamp_seconds{stage}; stamped once here, so that it is never 0.
  Progress AddProgress(const std::string& stage);

  // All of it in Prometheus' text format.
  std::string Render() const;

 private:
  struct Families;
  const Clock* clock_;
  std::unique_ptr<Families> families_;
};

}  // namespace rubato
