#include "cli/log_tail.h"

#include <algorithm>
#include <fstream>

#include "common/concat.h"
#include "common/escape.h"
#include "common/json.h"

namespace rubato {

namespace {

constexpr size_t kLongestLine = 500;
constexpr std::streamoff kBytesRead = 64 * 1024;

std::string RenderEvent(const Json& event) {
  std::string line;
  for (const char* key : {"ts", "level", "event"}) {
    if (const Json* value = event.Find(key); value != nullptr && value->is_string()) {
      line += Concat(line.empty() ? "" : " ", *value->AsString());
    }
  }
  for (const auto& [key, value] : event.object()) {
    if (key == "ts" || key == "level" || key == "event" || key == "role") continue;
    line += Concat(" ", key, "=", value.is_string() ? *value.AsString() : value.Dump());
  }
  return line;
}

std::string RenderLogLine(std::string_view line) {
  const absl::StatusOr<Json> event = line.starts_with('{') ? Json::Parse(line) : Json();
  const std::string text = event.ok() && event->Find("event") ? RenderEvent(*event) : std::string(line);
  return EscapeForTerminal(text.substr(0, kLongestLine));
}

}  // namespace

std::vector<std::string> RenderLogTail(std::string_view text, size_t count) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < count) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    const size_t newline = text.rfind('\n');
    const size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    if (begin < text.size()) lines.push_back(RenderLogLine(text.substr(begin)));
    text = text.substr(0, begin);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> ReadLogTail(const std::string& path, uint64_t from, size_t count) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(0, std::ios::end);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(static_cast<std::streamoff>(from), size - kBytesRead));
  const std::string end{std::istreambuf_iterator<char>(file), {}};
  return RenderLogTail(end, count);
}

}  // namespace rubato
