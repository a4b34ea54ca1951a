#include "tests/presubmit/doors.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <sstream>

namespace rubato {

namespace {

struct Include {
  std::string path;
  int line;
};

struct Source {
  std::vector<Include> includes;
  std::vector<std::pair<std::string, int>> words;  // of the code, each with its line
};

// Blanks out comments and texts, so that only code is left.  Include lines are read before this.
std::string CodeOf(std::string_view text) {
  std::string code(text);
  char inside = 0;  // '/' line comment, '*' block comment, '"' or '\'' a text
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (inside == 0 && c == '/' && (next == '/' || next == '*')) {
      inside = next;
    } else if (inside == 0 && (c == '"' || (c == '\'' && (i == 0 || !std::isalnum(text[i - 1]))))) {
      inside = c;
      continue;
    } else if ((inside == '"' || inside == '\'') && c == '\\') {
      code[i] = ' ';
      if (next != '\n') code[++i] = ' ';
      continue;
    } else if ((inside == '"' || inside == '\'') && c == inside) {
      inside = 0;
      continue;
    } else if (inside == '*' && c == '*' && next == '/') {
      code[i] = code[i + 1] = ' ';
      ++i;
      inside = 0;
      continue;
    } else if (c == '\n' && inside != '*') {
      inside = 0;
    }
    if (inside != 0 && c != '\n') code[i] = ' ';
  }
  return code;
}

std::optional<std::string> IncludeOf(const std::string& line) {
  size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line[at] != '#') return std::nullopt;
  at = line.find_first_not_of(" \t", at + 1);
  if (at == std::string::npos || line.compare(at, 7, "include") != 0) return std::nullopt;
  const size_t open = line.find_first_of("<\"", at);
  if (open == std::string::npos) return std::nullopt;
  const size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
  if (close == std::string::npos) return std::nullopt;
  return line.substr(open + 1, close - open - 1);
}

void AddWords(const std::string& line, int number, Source* source) {
  for (size_t at = 0; at < line.size();) {
    size_t end = at;
    while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) || line[end] == '_'))
      ++end;
    if (end > at) source->words.emplace_back(line.substr(at, end - at), number);
    at = end + 1;
  }
}

Source Read(const std::string& text) {
  Source source;
  std::istringstream lines(text), code(CodeOf(text));
  std::string line, code_line;
  for (int number = 1; std::getline(lines, line) && std::getline(code, code_line); ++number) {
    if (std::optional<std::string> include = IncludeOf(line)) source.includes.push_back({*include, number});
    AddWords(code_line, number, &source);
  }
  return source;
}

std::string TopOf(const std::string& path) { return path.substr(0, path.find('/')); }

bool AnyMatches(const std::vector<std::string>& globs, const std::string& text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return GlobMatches(glob, text); });
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

class Checker {
 public:
  Checker(const DoorRules& rules, const SourceTree& tree) : rules_(rules) {
    for (const auto& [path, text] : tree) sources_[path] = Read(text);
  }

  std::vector<std::string> Run() {
    for (const auto& [path, source] : sources_) {
      if (TopOf(path) != "tests") {
        CheckRoom(path, source);
        for (const Door& door : rules_.doors) CheckDoor(door, path, source);
      }
      for (const Apart& apart : rules_.aparts) CheckApart(apart, path);
    }
    return std::move(violations_);
  }

 private:
  void Report(const std::string& path, int line, const std::string& what) {
    violations_.push_back(path + ":" + std::to_string(line) + ": " + what);
  }

  const Room* FindRoom(const std::string& name) const {
    for (const Room& room : rules_.rooms) {
      if (room.name == name) return &room;
    }
    return nullptr;
  }

  void CheckRoom(const std::string& path, const Source& source) {
    const Room* room = FindRoom(TopOf(path));
    if (room == nullptr) {
      Report(path, 1,
             "no room is called " + TopOf(path) +
                 ". Move the file, or add the room to tests/presubmit/doors.txt.");
      return;
    }
    for (const Include& include : source.includes) {
      const std::string other = TopOf(include.path);
      if (include.path.find('/') == std::string::npos || other == room->name) continue;
      if (FindRoom(other) == nullptr && other != "tests") continue;  // not ours
      if (AnyMatches(room->may_include, other) || AnyMatches(room->may_include, include.path)) continue;
      Report(path, include.line,
             "includes " + include.path + ", but " + room->name +
                 "/ may include only: " + Joined(room->may_include) +
                 ". Move what both need to a lower room, or pass it in as a value; rooms meet in proto/.");
    }
  }

  void CheckDoor(const Door& door, const std::string& path, const Source& source) {
    if (AnyMatches(door.in, path)) return;
    const std::string rule = "; only " + Joined(door.in) + " may (door " + door.name + "). " + door.instead;
    for (const Include& include : source.includes) {
      if (AnyMatches(door.includes, include.path))
        Report(path, include.line, "includes " + include.path + rule);
    }
    for (const auto& [word, line] : source.words) {
      if (AnyMatches(door.words, word)) Report(path, line, "says " + word + rule);
    }
  }

  // The chain of includes from `path` to one that `door` describes, "a.h -> torch/x.h"; empty if there is
  // none.
  std::string ChainTo(const Door& door, const std::string& path, std::set<std::string>* seen) const {
    const auto source = sources_.find(path);
    if (source == sources_.end() || !seen->insert(path).second) return "";
    for (const Include& include : source->second.includes) {
      if (AnyMatches(door.includes, include.path)) return include.path;
      const std::string rest = ChainTo(door, include.path, seen);
      if (!rest.empty()) return include.path + " -> " + rest;
    }
    return "";
  }

  std::string ChainTo(const std::string& door_name, const std::string& path) const {
    for (const Door& door : rules_.doors) {
      std::set<std::string> seen;
      if (door.name == door_name) return ChainTo(door, path, &seen);
    }
    return "";
  }

  void CheckApart(const Apart& apart, const std::string& path) {
    if (!GlobMatches("*.cc", path) && !GlobMatches("*.cu", path)) return;
    const std::string one = ChainTo(apart.one, path), other = ChainTo(apart.other, path);
    if (one.empty() || other.empty()) return;
    Report(path, 1,
           "reaches " + apart.one + " (" + one + ") and " + apart.other + " (" + other +
               "), which never meet in one translation unit. " + apart.instead);
  }

  const DoorRules& rules_;
  std::map<std::string, Source> sources_;
  std::vector<std::string> violations_;
};

}  // namespace

bool GlobMatches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] != '*') {
    return !text.empty() && glob[0] == text[0] && GlobMatches(glob.substr(1), text.substr(1));
  }
  for (size_t skipped = 0; skipped <= text.size(); ++skipped) {
    if (GlobMatches(glob.substr(1), text.substr(skipped))) return true;
  }
  return false;
}

std::vector<std::string> FindViolations(const DoorRules& rules, const SourceTree& tree) {
  return Checker(rules, tree).Run();
}

}  // namespace rubato
