#include "cli/status_line.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "common/escape.h"

namespace rubato {

namespace {

constexpr size_t kSparklineWidth = 16;
// Of who waits for whom, as much as names both: "the learner waits for 12 samples".
constexpr size_t kWaitingWidth = 32;

// The mean of each of `width` runs of neighbours.
std::vector<double> Resample(const std::vector<double>& values, size_t width) {
  std::vector<double> means;
  for (size_t i = 0; i < width; ++i) {
    const size_t first = i * values.size() / width, end = (i + 1) * values.size() / width;
    double sum = 0;
    for (size_t j = first; j < end; ++j) sum += values[j];
    means.push_back(sum / static_cast<double>(end - first));
  }
  return means;
}

size_t CountCharacters(const std::string& text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Cuts to `columns` characters (not bytes).
std::string CutTo(const std::string& text, size_t columns) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts && ++characters > columns) return text.substr(0, i);
  }
  return text;
}

std::vector<double> RecentRewards(const RunStatus& status) {
  std::vector<double> rewards;
  for (const StepSummary& step : status.recent()) rewards.push_back(step.reward_mean());
  return rewards;
}

// Seconds that the missing steps will take, from the median of the recent ones; negative: unknown.
double SecondsLeft(const RunStatus& status) {
  std::vector<double> seconds;
  for (const StepSummary& step : status.recent()) seconds.push_back(step.seconds());
  if (seconds.empty() || status.next_step() >= status.steps()) return -1;
  std::nth_element(seconds.begin(), seconds.begin() + seconds.size() / 2, seconds.end());
  return seconds[seconds.size() / 2] * static_cast<double>(status.steps() - status.next_step());
}

// How much is shown besides the step; each level adds what is less needed than what the one below shows.
enum Detail { kReward = 1, kTimeLeft, kShortSparkline, kHeldOut, kRate, kSparkline, kFullDetail };

std::string RenderProgress(const RunStatus& status, int detail) {
  std::string line = absl::StrFormat("step %d/%d", status.next_step(), status.steps());
  if (!status.recent().empty() && detail >= kReward) {
    line += absl::StrFormat("  reward %.3f", status.recent().rbegin()->reward_mean());
    const size_t width = detail >= kSparkline        ? kSparklineWidth
                         : detail >= kShortSparkline ? kSparklineWidth / 2
                                                     : 0;
    if (width > 0) line.append(" ").append(Sparkline(RecentRewards(status), width));
  }
  if (!status.evals().empty() && detail >= kHeldOut) {
    line += absl::StrFormat("  held-out %.1f%%", 100 * status.evals().rbegin()->mean_reward());
  }
  if (status.tokens_per_second() > 0 && detail >= kRate) {
    line.append("  ").append(RenderCount(status.tokens_per_second())).append(" tok/s");
  }
  if (!status.recent().empty() && detail >= kFullDetail) {
    line += absl::StrFormat("  staleness %.1f", status.recent().rbegin()->staleness_mean());
  }
  if (const double left = SecondsLeft(status); left >= 0 && detail >= kTimeLeft) {
    line.append("  ETA ").append(RenderDuration(left));
  }
  if (status.draining()) line += "  draining";
  return line;
}

}  // namespace

std::string Sparkline(const std::vector<double>& values, size_t width) {
  static constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty() || width == 0) return "";
  const std::vector<double> shown = values.size() > width ? Resample(values, width) : values;
  const auto [low, high] = std::minmax_element(shown.begin(), shown.end());
  const double range = *high - *low;
  std::string line;
  for (const double value : shown) {
    const double level = range > 0 ? (value - *low) / range * 7 : 0;
    line += kBlocks[std::isfinite(level) ? std::clamp(static_cast<int>(std::lround(level)), 0, 7) : 0];
  }
  return line;
}

std::string RenderStatusLine(const RunStatus& status, size_t columns) {
  const std::string waiting = EscapeForTerminal(status.waiting_for());
  std::string line;
  for (int detail = kFullDetail; detail >= 0; --detail) {
    line = RenderProgress(status, detail);
    const size_t waiting_width = std::min(CountCharacters(waiting), kWaitingWidth);
    if (CountCharacters(line) + (waiting_width > 0 ? 2 + waiting_width : 0) <= columns) break;
  }
  if (!waiting.empty()) line.append("  ").append(waiting);
  return CutTo(line, columns);
}

std::string RenderStep(const StepSummary& step, uint64_t steps) {
  return absl::StrFormat("step %d/%d  reward %.3f  %d samples  %d tokens  staleness %.1f  %.1fs",
                         step.step() + 1, steps, step.reward_mean(), step.samples(), step.tokens(),
                         step.staleness_mean(), step.seconds());
}

std::string RenderEval(const EvalResult& eval) {
  return absl::StrFormat("held-out %.1f%% after %d steps (%d samples)", 100 * eval.mean_reward(), eval.step(),
                         eval.samples());
}

std::string RenderDuration(double seconds) {
  const auto whole = static_cast<int64_t>(std::lround(std::max(seconds, 0.0)));
  if (whole < 60) return absl::StrFormat("%ds", whole);
  if (whole < 3600) return absl::StrFormat("%dm%02ds", whole / 60, whole % 60);
  return absl::StrFormat("%dh%02dm", whole / 3600, whole % 3600 / 60);
}

std::string RenderCount(double count) {
  if (count < 1000) return absl::StrFormat("%.0f", count);
  if (count < 999950) return absl::StrFormat("%.1fk", count / 1e3);
  return absl::StrFormat("%.1fM", count / 1e6);
}

}  // namespace rubato
