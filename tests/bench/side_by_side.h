#pragma once

// Two ways to do one thing, timed in turns in one process.
//
// Times are CPU time of the calling thread, which is to do all the work, so that other programs on the
// machine count less.  A difference inside the spread of either is printed as such, not as a win.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace rubato {

inline double ThreadCpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Sorted seconds per call.
struct Timings {
  std::vector<double> seconds;

  double Quantile(double q) const {
    return seconds[static_cast<size_t>(q * static_cast<double>(seconds.size() - 1))];
  }
  double median() const { return Quantile(0.5); }
};

template <typename First, typename Second>
std::pair<Timings, Timings> TimeInTurns(First first, Second second, int rounds = 21) {
  const auto once = [](auto& work, int calls) {
    const double begin = ThreadCpuSeconds();
    for (int i = 0; i < calls; ++i) work();
    return (ThreadCpuSeconds() - begin) / calls;
  };
  once(first, 1);  // warm
  const int calls = std::clamp(static_cast<int>(2e-3 / std::max(once(first, 3), 1e-9)), 1, 100000);
  std::pair<Timings, Timings> timings;
  for (int i = 0; i < rounds; ++i) {
    timings.first.seconds.push_back(once(first, calls));
    timings.second.seconds.push_back(once(second, calls));
  }
  std::sort(timings.first.seconds.begin(), timings.first.seconds.end());
  std::sort(timings.second.seconds.begin(), timings.second.seconds.end());
  return timings;
}

// One line: both medians with their quartiles in microseconds, and how many times faster the first is.
inline void PrintRatio(const std::string& name, const std::pair<Timings, Timings>& timings) {
  const auto& [a, b] = timings;
  const bool apart = a.Quantile(0.75) < b.Quantile(0.25) || b.Quantile(0.75) < a.Quantile(0.25);
  std::printf("%-36s %9.2f us (%.2f..%.2f)  %9.2f us (%.2f..%.2f)  %.2fx%s\n", name.c_str(), a.median() * 1e6,
              a.Quantile(0.25) * 1e6, a.Quantile(0.75) * 1e6, b.median() * 1e6, b.Quantile(0.25) * 1e6,
              b.Quantile(0.75) * 1e6, b.median() / a.median(), apart ? "" : "  (inside the noise)");
}

}  // namespace rubato
