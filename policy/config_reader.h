#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json.h"
#include "common/problems.h"

namespace rubato {

// Reads members of one object of a model's configuration files and collects what is wrong with them.
//
// A key that is absent and one that is null are the same.  A value that is refused comes out as what stands
// for "absent", so that nothing more is said about what depends on it.  Messages read
// `FILE: "SECTION.KEY" is VALUE, WHAT is needed`.  Not thread-safe; the object and `problems` must outlive
// it.
class ConfigReader {
 public:
  // `section` names the object within the file, "" for the file itself.
  ConfigReader(std::string_view file, std::string_view section, const Json& object, Problems* problems)
      : file_(file), section_(section), object_(object), problems_(problems) {}

  // A sentence of the caller's own; the file's name is put in front.
  void Add(std::string_view problem);

  const Json* Find(std::string_view key) const;  // null if absent or null
  std::string Name(std::string_view key) const;  // quoted, with its section

  // A whole number from 1 to `most`; 0 if refused, or (Size alone) absent, which is a problem.
  int Size(std::string_view key, int64_t most);
  std::optional<int> SizeIfSaid(std::string_view key, int64_t most);

  // A finite number of at least `least`, or above it.
  std::optional<double> NumberFrom(std::string_view key, double least);
  std::optional<double> NumberAbove(std::string_view key, double least);

  bool BoolOr(std::string_view key, bool otherwise);
  std::optional<std::string> TextIfSaid(std::string_view key);
  // An object, or null.  A value of another kind is a problem.
  const Json* ObjectIfSaid(std::string_view key);

  // Token ids: one, a list of them, or none.  Ascending, no id twice.  Ids must be below `vocab` where that
  // is > 0.
  std::vector<int32_t> TokenIds(std::string_view key, int vocab);
  // One id that we do not use ourselves: a problem is only what transformers does not open either.  Some
  // authors pad with -1.
  void CheckTokenId(std::string_view key, int vocab);

  // "KEY is VALUE, NEEDED is needed".
  void Refuse(std::string_view key, const Json& value, std::string_view needed);

 private:
  std::string_view file_;
  std::string_view section_;
  const Json& object_;
  Problems* problems_;
};

// A value as messages show it: JSON on one line, cut where it is long.
std::string ShowValue(const Json& value);

}  // namespace rubato
