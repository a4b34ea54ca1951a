// What happened, as events with fields: JSON lines in the log file, one readable line on a terminal.
//
//   LogInfo("lease_expired", {{"lease", id}, {"worker", name}});
//
// {"ts":"2026-01-31T12:00:00.123456Z","level":"info","role":"credit","event":"lease_expired","lease":7,...}
//
// Thread-safe.  Events are snake_case and few: what happens per token is a counter, not a line.  Text of any
// origin may be logged: it is escaped.  Lines are written at once; a file that cannot be written does not
// stop the process.

#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"

namespace rubato {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

enum class LogToStderr { kIfTerminal, kAlways, kNever };

struct LogOptions {
  std::string role = "";  // "credit", "learner.1", "up"
  std::string file = "";  // appended to; empty: no file
  LogToStderr to_stderr = LogToStderr::kIfTerminal;
  LogLevel min_level = LogLevel::kInfo;
};

// A field's value.  Text is viewed, not copied: make it in the call.
class LogValue {
 public:
  template <typename T>
  requires std::is_arithmetic_v<T> LogValue(T value) {
    if constexpr (std::same_as<T, bool>) {
      value_ = value;
    } else if constexpr (std::floating_point<T>) {
      value_ = static_cast<double>(value);
    } else if constexpr (std::signed_integral<T>) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }
  LogValue(const char* text) : value_(std::string_view(text)) {}
  // Any text with data() and size(): std's and absl's strings and views.
  template <typename T>
  requires requires(const T& text) {
    { text.data() } -> std::convertible_to<const char*>;
    text.size();
  }
  LogValue(const T& text) : value_(std::string_view(text.data(), text.size())) {}

  using Variant = std::variant<bool, int64_t, uint64_t, double, std::string_view>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  std::string_view key;  // snake_case; ts, level, role and event are taken
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

// Call it once, from main, before other threads start.  Before it (in tests), warnings and errors go to
// stderr. An error names the file that cannot be opened.
absl::Status InitLog(const LogOptions& options);

void LogDebug(std::string_view event, LogFields fields = {});
void LogInfo(std::string_view event, LogFields fields = {});
void LogWarn(std::string_view event, LogFields fields = {});
void LogError(std::string_view event, LogFields fields = {});

}  // namespace rubato
