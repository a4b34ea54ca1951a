// The rules of doors.txt, and what in a tree breaks them.  Pure functions over texts; the test reads the
// tree.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace rubato {

struct Room {
  std::string name;
  std::vector<std::string> may_include;  // rooms, and single headers of others
};

struct Door {
  std::string name;
  std::vector<std::string> includes;  // globs
  std::vector<std::string> words;
  std::vector<std::string> in;  // globs
  std::string instead;
};

struct Apart {
  std::string one, other;  // names of doors
  std::string instead;
};

struct DoorRules {
  std::vector<Room> rooms;
  std::vector<Door> doors;
  std::vector<Apart> aparts;
};

// Path from the root of the tree -> text.
using SourceTree = std::map<std::string, std::string>;

// INVALID_ARGUMENT with the line that is not understood.
absl::StatusOr<DoorRules> ParseDoorRules(std::string_view text);

// What breaks a rule: "FILE:LINE: what; the rule. What to do instead."  In the order of files and lines.
std::vector<std::string> FindViolations(const DoorRules& rules, const SourceTree& tree);

// Whether `text` matches `glob`, whose * stands for any run of characters, slashes too.
bool GlobMatches(std::string_view glob, std::string_view text);

}  // namespace rubato
