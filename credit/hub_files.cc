#include "credit/hub_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_join.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr uint64_t kTailBytes = 16 << 20;  // longer than any line

std::string Lines(const std::vector<std::string>& lines) {
  return lines.empty() ? "" : Concat(absl::StrJoin(lines, "\n"), "\n");
}

absl::StatusOr<std::string> ReadTail(const std::string& path, uint64_t size) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", path, errno);
  std::string tail(std::min(size, kTailBytes), '\0');
  const ssize_t got = ::pread(fd.get(), tail.data(), tail.size(), static_cast<off_t>(size - tail.size()));
  if (got != static_cast<ssize_t>(tail.size())) return FileError("read", path, got < 0 ? errno : EIO);
  return tail;
}

// How far a copy of the history can be trusted: to the end of its last whole line, which has this sequence
// number.
struct Trusted {
  uint64_t bytes = 0;
  uint64_t sequence = 0;
};

Trusted TrustedPart(const std::string& tail, uint64_t size) {
  const size_t end = tail.rfind('\n');
  if (end == std::string::npos) return {};
  const size_t before = end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  const absl::StatusOr<Json> line = Json::Parse(std::string_view(tail).substr(begin, end - begin));
  if (!line.ok()) return {};
  const absl::StatusOr<uint64_t> sequence = [&]() -> absl::StatusOr<uint64_t> {
    ASSIGN_OR_RETURN(const int64_t value, line->GetInt("seq"));
    return static_cast<uint64_t>(value);
  }();
  if (!sequence.ok()) return {};
  return {size - tail.size() + end + 1, *sequence};
}

absl::StatusOr<AppendFile> OpenHistory(const std::string& path, const Ledger& ledger) {
  ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
  Trusted trusted;
  if (file.size() > 0) {
    ASSIGN_OR_RETURN(const std::string tail, ReadTail(path, file.size()));
    trusted = TrustedPart(tail, file.size());
    if (trusted.sequence > ledger.LastHistory()) trusted = {};
  }
  if (file.size() > trusted.bytes) RETURN_IF_ERROR(file.Truncate(trusted.bytes));
  absl::Status status;
  ledger.ForEachHistory(trusted.sequence + 1, [&](uint64_t, const std::string& line) {
    if (status.ok()) status = file.Append(line + "\n");
  });
  RETURN_IF_ERROR(status);
  return file;
}

}  // namespace

absl::StatusOr<HubFiles> HubFiles::Open(const std::string& run_directory, HubState* state) {
  const std::string metrics_path = Concat(run_directory, "/metrics.jsonl");
  state->TakeOutput();
  ASSIGN_OR_RETURN(AppendFile history,
                   OpenHistory(Concat(run_directory, "/ledger/history.jsonl"), state->ledger));
  RETURN_IF_ERROR(WriteFileAtomically(metrics_path, Lines(state->AllMetricsLines())));
  ASSIGN_OR_RETURN(AppendFile metrics, AppendFile::Open(metrics_path));
  return HubFiles(std::move(history), std::move(metrics), metrics_path);
}

absl::Status HubFiles::Flush(HubState* state) {
  const HubState::Output output = state->TakeOutput();
  if (!output.history.empty()) RETURN_IF_ERROR(history_.Append(Lines(output.history)));
  if (output.rewrite_metrics) {
    RETURN_IF_ERROR(WriteFileAtomically(metrics_path_, Lines(state->AllMetricsLines())));
    ASSIGN_OR_RETURN(metrics_, AppendFile::Open(metrics_path_));
  } else if (!output.metrics.empty()) {
    RETURN_IF_ERROR(metrics_.Append(Lines(output.metrics)));
  }
  return absl::OkStatus();
}

}  // namespace rubato
