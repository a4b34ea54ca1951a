// YAML into RunConfig.

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/config_keys.h"
#include "common/config_set.h"
#include "common/escape.h"
#include "common/file.h"

namespace rubato {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;

std::string Resolved(const std::string& path, const std::string& directory) {
  return (std::filesystem::absolute(directory.empty() ? "." : directory) / path).lexically_normal().string();
}

// Sets the key and, if it is a path, makes it absolute.  Gives what is wrong.
std::string SetResolved(const KeyInfo& key, const std::string& text, bool is_quoted,
                        const std::string& directory, RunConfig* config) {
  const bool is_path = key.about.path() && !text.empty();
  return SetKey(key, is_path ? Resolved(text, directory) : text, is_quoted, config);
}

class Reader {
 public:
  Reader(const std::string& name, const std::string& directory, RunConfig* config, Problems* problems)
      : name_(name), directory_(directory), config_(config), problems_(problems) {}

  void Read(std::string_view text) {
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
      if (documents.size() > 1) Add(documents[1].Mark(), "a second document begins here; one is enough");
      if (!documents.empty() && !documents[0].IsNull()) ReadSections(documents[0]);
    } catch (const YAML::Exception& error) {
      Add(error.mark, EscapeForTerminal(error.msg));
    }
  }

 private:
  // "{quantile: 0.3}", however it was written.
  static std::string OnOneLine(const YAML::Node& node) {
    YAML::Emitter out;
    out.SetMapFormat(YAML::Flow);
    out.SetSeqFormat(YAML::Flow);
    out << node;
    return out.c_str();
  }

  void Add(const YAML::Mark& mark, std::string_view problem) {
    problems_->Add(mark.is_null() ? Concat(name_, ": ", problem)
                                  : Concat(name_, ":", mark.line + 1, ": ", problem));
  }

  // Calls `read` for each member of a map once; yaml-cpp keeps duplicates.
  template <typename Read>
  void ForEachMember(const YAML::Node& map, std::string_view prefix, const Read& read) {
    std::map<std::string, YAML::Mark> seen;
    for (const auto& member : map) {
      const YAML::Node& key = member.first;
      if (!key.IsScalar()) {
        Add(key.Mark(), "a key must be a word");
        continue;
      }
      const auto [first, is_new] = seen.emplace(key.Scalar(), key.Mark());
      if (is_new) {
        read(key, member.second);
      } else {
        Add(key.Mark(), Concat(prefix, EscapeForTerminal(key.Scalar()),
                               " is given twice; the first is on line ", first->second.line + 1));
      }
    }
  }

  void ReadSections(const YAML::Node& root) {
    if (!root.IsMap()) {
      Add(root.Mark(), "a configuration has sections, such as \"run:\", with keys below them");
      return;
    }
    ForEachMember(root, "section ", [this](const YAML::Node& name, const YAML::Node& section) {
      if (FindSection(name.Scalar()) == nullptr) {
        Add(name.Mark(), UnknownSection(name.Scalar()));
      } else {
        ReadSection(name, section);
      }
    });
  }

  void ReadSection(const YAML::Node& name, const YAML::Node& section) {
    if (section.IsNull()) return;
    if (!section.IsMap()) {
      Add(name.Mark(), Concat(name.Scalar(), " is a section; write its keys below it"));
      return;
    }
    const std::string prefix = name.Scalar() + ".";
    ForEachMember(section, prefix, [&](const YAML::Node& key, const YAML::Node& value) {
      if (const KeyInfo* known = FindKey(prefix + key.Scalar())) {
        ReadKey(*known, key, value);
      } else {
        Add(key.Mark(), UnknownKey(prefix + key.Scalar()));
      }
    });
  }

  void ReadKey(const KeyInfo& key, const YAML::Node& name, const YAML::Node& value) {
    if ((value.IsMap() || value.IsSequence()) && key.about.compound()) {
      const std::string wrong = SetKey(key, OnOneLine(value), true, config_);
      if (!wrong.empty()) Add(name.Mark(), wrong);
      return;
    }
    if (value.IsMap() || value.IsSequence()) {
      Add(name.Mark(),
          Concat(key.name, " is a ", value.IsMap() ? "section" : "list", "; it must be a single value"));
      return;
    }
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    const std::string wrong = SetResolved(key, text, value.Tag() == "!", directory_, config_);
    if (!wrong.empty()) Add(name.Mark(), wrong);
  }

  const std::string& name_;
  const std::string& directory_;
  RunConfig* const config_;
  Problems* const problems_;
};

}  // namespace

RunConfig ParseRunConfig(std::string_view yaml, const std::string& name, const std::string& directory,
                         Problems* problems) {
  RunConfig config;
  Reader(name, directory, &config, problems).Read(yaml);
  return config;
}

void ApplyOverride(std::string_view assignment, RunConfig* config, Problems* problems) {
  const std::string shown = EscapeForTerminal(assignment);
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    problems->Add(Concat("override ", shown, ": write it as section.key=value"));
    return;
  }
  const std::string_view name = assignment.substr(0, equals);
  const KeyInfo* key = FindKey(name);
  if (key == nullptr) {
    problems->Add(Concat("override ", shown, ": ", UnknownKey(name)));
    return;
  }
  const std::string wrong = SetResolved(*key, std::string(assignment.substr(equals + 1)), false, ".", config);
  if (!wrong.empty()) problems->Add(Concat("override ", shown, ": ", wrong));
}

RunConfig LoadRunConfig(const std::string& path, const std::vector<std::string>& overrides,
                        Problems* problems) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxBytes);
  if (!text.ok()) {
    problems->Add(std::string(text.status().message()));
    return {};
  }
  RunConfig config =
      ParseRunConfig(*text, path, std::filesystem::path(path).parent_path().string(), problems);
  for (const std::string& assignment : overrides) ApplyOverride(assignment, &config, problems);
  CheckRequired(config, path, problems);
  return config;
}

}  // namespace rubato
