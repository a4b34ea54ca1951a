#include "common/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/escape.h"
#include "common/exit_code.h"
#include "common/json.h"

namespace rubato {
namespace {

// A field longer than this is cut: a log is no place for payloads.
constexpr size_t kMaxText = 8192;

std::string_view Name(LogLevel level) {
  static constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
  return kNames[static_cast<int>(level)];
}

std::string Cut(std::string_view text) {
  if (text.size() <= kMaxText) return std::string(text);
  return Concat(text.substr(0, kMaxText), "... (", text.size(), " bytes)");
}

Json ToJson(const LogValue& value) {
  return std::visit(
      [](const auto& held) {
        if constexpr (std::is_same_v<decltype(held), const std::string_view&>)
          return Json(Cut(held));
        else
          return Json(held);
      },
      value.get());
}

// Text in quotes where its end would not be seen otherwise; everything else as in JSON.
std::string ToReadable(const LogValue& value) {
  const std::string_view* text = std::get_if<std::string_view>(&value.get());
  if (text == nullptr) return ToJson(value).Dump();
  const std::string escaped = EscapeForTerminal(Cut(*text));
  const bool is_plain = !escaped.empty() && escaped.find_first_of(" =\"") == std::string::npos;
  return is_plain ? escaped : Concat("\"", escaped, "\"");
}

struct Event {
  absl::Time time;
  LogLevel level;
  std::string_view role;
  std::string_view name;
  LogFields fields;
};

std::string JsonLine(const Event& event) {
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", event.time, absl::UTCTimeZone());
  std::string line = Concat("{\"ts\":\"", time, "\",\"level\":\"", Name(event.level),
                            "\",\"role\":", Json(event.role).Dump(), ",\"event\":", Json(event.name).Dump());
  for (const LogField& field : event.fields) {
    line += Concat(",", Json(field.key).Dump(), ":", ToJson(field.value).Dump());
  }
  return line + "}";
}

std::string ReadableLine(const Event& event) {
  std::string line = absl::FormatTime("%H:%M:%E3S", event.time, absl::LocalTimeZone());
  if (event.level != LogLevel::kInfo) line += Concat(" ", Name(event.level));
  if (!event.role.empty()) line += Concat(" ", EscapeForTerminal(event.role));
  line += Concat(" ", EscapeForTerminal(event.name));
  for (const LogField& field : event.fields) line += Concat(" ", field.key, "=", ToReadable(field.value));
  return line;
}

// spdlog opens, locks and writes; the lines are ours.
std::unique_ptr<spdlog::logger> MakeWriter(spdlog::sink_ptr sink) {
  auto writer = std::make_unique<spdlog::logger>("", std::move(sink));
  writer->set_pattern("%v");
  writer->set_level(spdlog::level::trace);
  writer->flush_on(spdlog::level::trace);
  writer->set_error_handler([](const std::string&) {});
  return writer;
}

// Loggers are never deleted: another thread may be writing to the one that InitLog replaces.
struct Logger {
  std::string role;
  LogLevel min_level = LogLevel::kWarn;
  std::unique_ptr<spdlog::logger> file;
  std::unique_ptr<spdlog::logger> readable = MakeWriter(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const Logger* replaced = nullptr;
};

std::atomic<const Logger*>& Current() {
  static std::atomic<const Logger*> current = new Logger;
  return current;
}

void Log(LogLevel level, std::string_view name, LogFields fields) {
  const Logger& logger = *Current().load();
  if (level < logger.min_level) return;
  const Event event{absl::Now(), level, logger.role, name, fields};
  if (logger.file) logger.file->info("{}", JsonLine(event));
  if (logger.readable) logger.readable->info("{}", ReadableLine(event));
}

}  // namespace

absl::Status InitLog(const LogOptions& options) {
  auto logger = std::make_unique<Logger>();
  logger->role = options.role;
  logger->min_level = options.min_level;
  const bool readable = options.to_stderr == LogToStderr::kAlways ||
                        (options.to_stderr == LogToStderr::kIfTerminal && ::isatty(STDERR_FILENO));
  if (!readable) logger->readable.reset();
  if (!options.file.empty()) {
    try {
      logger->file = MakeWriter(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    } catch (const spdlog::spdlog_ex& error) {
      return WithExitCode(absl::UnknownError(Concat("cannot open the log: ", error.what())), ExitCode::kIo);
    }
  }
  logger->replaced = Current().load();
  Current().store(logger.release());
  return absl::OkStatus();
}

void LogDebug(std::string_view event, LogFields fields) { Log(LogLevel::kDebug, event, fields); }
void LogInfo(std::string_view event, LogFields fields) { Log(LogLevel::kInfo, event, fields); }
void LogWarn(std::string_view event, LogFields fields) { Log(LogLevel::kWarn, event, fields); }
void LogError(std::string_view event, LogFields fields) { Log(LogLevel::kError, event, fields); }

}  // namespace rubato
