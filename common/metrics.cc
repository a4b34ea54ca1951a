#include "common/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "absl/strings/match.h"
#include "common/concat.h"
#include "common/protocol_version.h"

namespace rubato {
namespace {

constexpr size_t kMaxSeries = 64;

bool IsName(const std::string& name) {
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), is_part);
}

prometheus::Labels ToLabels(const MetricLabels& labels) { return {labels.begin(), labels.end()}; }

}  // namespace

struct Metrics::Families {
  // The full name, after checking that one more series of it is allowed.
  std::string Admit(const std::string& name, const std::string& help, const MetricLabels& labels) {
    if (!IsName(name)) throw std::invalid_argument("not a metric name: " + name);
    if (help.empty()) throw std::invalid_argument("no help for metric " + name);
    for (const auto& [label, value] : labels) {
      if (!IsName(label)) throw std::invalid_argument("not a label name: " + label);
    }
    std::lock_guard lock(mutex);
    std::set<MetricLabels>& known = series[name];
    known.insert(labels);
    if (known.size() > kMaxSeries) throw std::invalid_argument("too many series of metric " + name);
    return "rubato_" + name;
  }

  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, std::set<MetricLabels>> series;
};

void Counter::Add(double amount) { counter_->Increment(amount); }
double Counter::Value() const { return counter_->Value(); }

void Gauge::Set(double value) { gauge_->Set(value); }
void Gauge::Add(double amount) { gauge_->Increment(amount); }
double Gauge::Value() const { return gauge_->Value(); }

void Histogram::Observe(double value) { histogram_->Observe(value); }

void Progress::Stamp() { gauge_.Set(absl::ToDoubleSeconds(clock_->Now() - absl::UnixEpoch())); }

Metrics::Metrics(const std::string& role, const Clock* clock)
    : clock_(clock), families_(std::make_unique<Families>()) {
  AddGauge("role_up", "1 while the process of this role runs.", {{"role", role}}).Set(1);
  AddGauge("build_info", "1, with the version of the build as a label.",
           {{"role", role}, {"version", kBuildVersion}})
      .Set(1);
}

Metrics::~Metrics() = default;

Counter Metrics::AddCounter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  const std::string full =
      families_->Admit(absl::EndsWith(name, "_total") ? name : name + "_total", help, labels);
  auto& family = prometheus::BuildCounter().Name(full).Help(help).Register(families_->registry);
  return Counter(&family.Add(ToLabels(labels)));
}

Gauge Metrics::AddGauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  const std::string full = families_->Admit(name, help, labels);
  auto& family = prometheus::BuildGauge().Name(full).Help(help).Register(families_->registry);
  return Gauge(&family.Add(ToLabels(labels)));
}

Histogram Metrics::AddHistogram(const std::string& name, const std::string& help,
                                const std::vector<double>& bounds, const MetricLabels& labels) {
  const std::string full = families_->Admit(name, help, labels);
  auto& family = prometheus::BuildHistogram().Name(full).Help(help).Register(families_->registry);
  return Histogram(&family.Add(ToLabels(labels), bounds));
}

Progress Metrics::AddProgress(const std::string& stage) {
  Progress progress(
      AddGauge("last_progress_timestamp_seconds",
               "When this stage last got something done, in seconds since 1970.", {{"stage", stage}}),
      clock_);
  progress.Stamp();
  return progress;
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace rubato
