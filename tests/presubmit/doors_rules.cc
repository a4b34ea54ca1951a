#include <sstream>

#include "tests/presubmit/doors.h"

namespace rubato {

namespace {

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first);
}

// Lines without comments; one that ends in a backslash goes on in the next.
std::vector<std::pair<int, std::string>> LogicalLines(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::pair<int, std::string>> lines;
  bool continued = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const bool goes_on = line.back() == '\\';
    if (goes_on) line.pop_back();
    if (continued) {
      lines.back().second += line;
    } else {
      lines.emplace_back(number, line);
    }
    continued = goes_on;
  }
  return lines;
}

class Parser {
 public:
  absl::Status Line(int number, const std::string& line) {
    const size_t space = line.find_first_of(" ", line.find_first_not_of(' '));
    const std::string keyword = Trimmed(line.substr(0, space));
    const std::string rest = space == std::string::npos ? "" : Trimmed(line.substr(space));
    if (line[0] == ' ' ? Attribute(keyword, rest) : Block(keyword, rest)) return absl::OkStatus();
    return absl::InvalidArgumentError("doors.txt:" + std::to_string(number) + ": not understood: " + line);
  }

  DoorRules rules;

 private:
  bool Block(const std::string& keyword, const std::string& rest) {
    instead_ = nullptr;
    if (keyword == "room") {
      const size_t colon = rest.find(':');
      if (colon == std::string::npos) return false;
      rules.rooms.push_back({rest.substr(0, colon), Words(rest.substr(colon + 1))});
    } else if (keyword == "door") {
      rules.doors.push_back({rest, {}, {}, {}, ""});
      instead_ = &rules.doors.back().instead;
    } else if (keyword == "apart") {
      const std::vector<std::string> names = Words(rest);
      if (names.size() != 2) return false;
      rules.aparts.push_back({names[0], names[1], ""});
      instead_ = &rules.aparts.back().instead;
    } else {
      return false;
    }
    in_door_ = keyword == "door";
    return true;
  }

  bool Attribute(const std::string& keyword, const std::string& rest) {
    if (keyword == "instead" && instead_ != nullptr) {
      *instead_ = rest;
      return true;
    }
    if (!in_door_) return false;
    Door& door = rules.doors.back();
    if (keyword == "include") {
      door.includes = Words(rest);
    } else if (keyword == "word") {
      door.words = Words(rest);
    } else if (keyword == "in") {
      door.in = Words(rest);
    } else {
      return false;
    }
    return true;
  }

  std::string* instead_ = nullptr;  // of the block that is being read
  bool in_door_ = false;
};

}  // namespace

absl::StatusOr<DoorRules> ParseDoorRules(std::string_view text) {
  Parser parser;
  for (const auto& [number, line] : LogicalLines(text)) {
    absl::Status status = parser.Line(number, line);
    if (!status.ok()) return status;
  }
  return parser.rules;
}

}  // namespace rubato
