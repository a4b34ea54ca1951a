#include "text/pre_tokenizer.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/concat.h"
#include "common/status.h"
#include "common/utf8.h"
#include "text/byte_level.h"
#include "text/character_class.h"
#include "text/known_pattern.h"
#include "text/pattern_dialect.h"
#include "text/regex.h"
#include "text/split_behavior.h"

namespace rubato {
namespace {

// Replaces every piece by what `append(piece, &pieces->views)` appends for it.
template <typename Append>
absl::Status Replace(Pieces* pieces, Append append) {
  std::vector<std::string_view> before;
  before.swap(pieces->views);
  pieces->views.reserve(before.size());
  for (const std::string_view piece : before) RETURN_IF_ERROR(append(piece, &pieces->views));
  return absl::OkStatus();
}

class Whole : public PreTokenizer {
 public:
  absl::Status Cut(Pieces*) const override { return absl::OkStatus(); }
};

class KnownPatternSplit : public PreTokenizer {
 public:
  explicit KnownPatternSplit(KnownPattern pattern) : pattern_(pattern) {}

  absl::Status Cut(Pieces* pieces) const override {
    return Replace(pieces, [&](std::string_view piece, std::vector<std::string_view>* views) {
      AppendMatches(pattern_, piece, views);
      return absl::OkStatus();
    });
  }

 private:
  KnownPattern pattern_;
};

// Finds all matches of a pattern, in order and disjoint.
using Matcher = std::function<absl::StatusOr<std::vector<TextRange>>(std::string_view)>;

class PatternSplit : public PreTokenizer {
 public:
  PatternSplit(Matcher matcher, SplitBehavior behavior, bool invert)
      : matcher_(std::move(matcher)), behavior_(behavior), invert_(invert) {}

  absl::Status Cut(Pieces* pieces) const override {
    return Replace(pieces, [&](std::string_view piece, std::vector<std::string_view>* views) {
      absl::StatusOr<std::vector<TextRange>> matches = matcher_(piece);
      if (!matches.ok()) return matches.status();
      for (const TextRange& range : Split(*matches, piece.size(), behavior_, invert_)) {
        views->push_back(piece.substr(range.begin, range.end - range.begin));
      }
      return absl::OkStatus();
    });
  }

 private:
  Matcher matcher_;
  SplitBehavior behavior_;
  bool invert_;
};

// Cuts where the class of the characters changes, by three rules that `tokenizers` names.
class ClassSplit : public PreTokenizer {
 public:
  enum class Rule {
    kWords,          // Whitespace: runs of word characters, runs of what is neither that nor space
    kBetweenSpaces,  // WhitespaceSplit: runs of what is no space
    kDigits,         // Digits: runs of numbers, runs of others
    kEachDigit,      // Digits with "individual_digits"
  };
  explicit ClassSplit(Rule rule) : rule_(rule) {}

  absl::Status Cut(Pieces* pieces) const override {
    return Replace(pieces, [&](std::string_view piece, std::vector<std::string_view>* views) {
      AppendRuns(piece, views);
      return absl::OkStatus();
    });
  }

 private:
  static constexpr int kDropped = 0, kAlone = 1;  // all other kinds of characters make runs

  int KindOf(uint32_t code_point) const {
    const uint8_t classes = ClassesOf(code_point);
    switch (rule_) {
      case Rule::kWords:
        return (classes & kWordClass) != 0 ? 2 : (classes & kSpaceClass) != 0 ? kDropped : 3;
      case Rule::kBetweenSpaces:
        return (classes & kSpaceClass) != 0 ? kDropped : 2;
      case Rule::kDigits:
        return (classes & kNumericClass) != 0 ? 2 : 3;
      case Rule::kEachDigit:
        break;
    }
    return (classes & kNumericClass) != 0 ? kAlone : 3;
  }

  void AppendRuns(std::string_view piece, std::vector<std::string_view>* views) const {
    int run_kind = kDropped;
    for (size_t at = 0, begin = 0; at < piece.size();) {
      const Utf8Character character = FirstUtf8Character(piece.substr(at));
      const int kind = KindOf(character.code_point);
      if (kind != run_kind || kind == kAlone) begin = at;
      at += character.size;
      if (kind == kDropped) {
      } else if (begin + character.size == at) {
        views->push_back(piece.substr(begin, character.size));
      } else {
        views->back() = piece.substr(begin, at - begin);
      }
      run_kind = kind;
    }
  }

  Rule rule_;
};

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool use_regex)
      : add_prefix_space_(add_prefix_space), use_regex_(use_regex) {}

  absl::Status Cut(Pieces* pieces) const override {
    if (add_prefix_space_) AddPrefixSpaces(pieces);
    if (use_regex_) RETURN_IF_ERROR(KnownPatternSplit(KnownPattern::kGpt2).Cut(pieces));
    MapBytes(pieces);
    return absl::OkStatus();
  }

 private:
  static void AddPrefixSpaces(Pieces* pieces) {
    for (std::string_view& piece : pieces->views) {
      if (piece.front() != ' ') piece = pieces->made.emplace_back(Concat(" ", piece));
    }
  }

  static void MapBytes(Pieces* pieces) {
    size_t bytes = 0;
    for (const std::string_view piece : pieces->views) bytes += piece.size();
    std::string& mapped = pieces->made.emplace_back();
    mapped.reserve(2 * bytes);  // so that it never moves under the views
    for (std::string_view& piece : pieces->views) {
      if (IsByteLevelAlready(piece)) continue;
      const size_t begin = mapped.size();
      AppendByteLevel(piece, &mapped);
      piece = std::string_view(mapped).substr(begin);
    }
  }

  bool add_prefix_space_, use_regex_;
};

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PreTokenizer>> members) : members_(std::move(members)) {}

  absl::Status Cut(Pieces* pieces) const override {
    for (const std::unique_ptr<PreTokenizer>& member : members_) RETURN_IF_ERROR(member->Cut(pieces));
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> members_;
};

std::vector<TextRange> FindKnown(KnownPattern pattern, std::string_view text) {
  std::vector<std::string_view> matches;
  AppendMatches(pattern, text, &matches);
  std::vector<TextRange> ranges;
  for (const std::string_view match : matches) {
    const auto begin = static_cast<size_t>(match.data() - text.data());
    ranges.push_back({begin, begin + match.size()});
  }
  return ranges;
}

// The regex of a Split that is one; nothing for one that is a text.
absl::StatusOr<std::optional<std::string>> ParseRegex(const Json& json) {
  const Json* pattern = json.Find("pattern");
  if (pattern == nullptr || pattern->Find("Regex") == nullptr) return std::nullopt;
  ASSIGN_OR_RETURN(std::string regex, pattern->GetString("Regex"));
  return regex;
}

absl::StatusOr<Regex> CompilePattern(const Json& json, const std::optional<std::string>& regex) {
  if (regex) {
    ASSIGN_OR_RETURN(const std::string translated, ToPcre2(*regex));
    return Regex::Compile(translated);
  }
  const Json* pattern = json.Find("pattern");
  if (pattern == nullptr || pattern->Find("String") == nullptr) {
    return absl::InvalidArgumentError("Split has no \"pattern\" that is a \"Regex\" or a \"String\"");
  }
  ASSIGN_OR_RETURN(const std::string text, pattern->GetString("String"));
  return Regex::Literal(text);
}

// A pattern of which every character is in a match, so that these two are the same.
bool KeepsAllMatches(SplitBehavior behavior, bool invert) {
  return behavior == SplitBehavior::kIsolated || (behavior == SplitBehavior::kRemoved && invert);
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeSplit(const Json& json) {
  ASSIGN_OR_RETURN(const std::string name, json.GetString("behavior"));
  const std::optional<SplitBehavior> behavior = ParseSplitBehavior(name);
  if (!behavior) {
    return absl::InvalidArgumentError(Concat("Split has the unknown \"behavior\" \"", name, "\""));
  }
  ASSIGN_OR_RETURN(const bool invert, json.GetBoolOr("invert", false));
  ASSIGN_OR_RETURN(const std::optional<std::string> regex, ParseRegex(json));
  if (const std::optional<KnownPattern> known = RecognisePattern(regex.value_or(""))) {
    if (KeepsAllMatches(*behavior, invert)) return std::make_unique<KnownPatternSplit>(*known);
    const auto find = [known = *known](std::string_view text) { return FindKnown(known, text); };
    return std::make_unique<PatternSplit>(find, *behavior, invert);
  }
  ASSIGN_OR_RETURN(const Regex compiled, CompilePattern(json, regex));
  const auto find = [compiled](std::string_view text) { return compiled.FindAll(text); };
  return std::make_unique<PatternSplit>(find, *behavior, invert);
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeDigits(const Json& json) {
  ASSIGN_OR_RETURN(const bool individual, json.GetBoolOr("individual_digits", false));
  return std::make_unique<ClassSplit>(individual ? ClassSplit::Rule::kEachDigit : ClassSplit::Rule::kDigits);
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeByteLevel(const Json& json) {
  ASSIGN_OR_RETURN(const bool add_prefix_space, json.GetBoolOr("add_prefix_space", true));
  ASSIGN_OR_RETURN(const bool use_regex, json.GetBoolOr("use_regex", true));
  return std::make_unique<ByteLevel>(add_prefix_space, use_regex);
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeSequence(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Array* members, json.GetArray("pretokenizers"));
  std::vector<std::unique_ptr<PreTokenizer>> made;
  for (const Json& member : *members) {
    ASSIGN_OR_RETURN(made.emplace_back(), MakePreTokenizer(member));
  }
  return std::make_unique<Sequence>(std::move(made));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const Json& json) {
  if (json.is_null()) return std::make_unique<Whole>();
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "Split") return MakeSplit(json);
  if (kind == "ByteLevel") return MakeByteLevel(json);
  if (kind == "Sequence") return MakeSequence(json);
  if (kind == "Digits") return MakeDigits(json);
  if (kind == "Whitespace") return std::make_unique<ClassSplit>(ClassSplit::Rule::kWords);
  if (kind == "WhitespaceSplit") return std::make_unique<ClassSplit>(ClassSplit::Rule::kBetweenSpaces);
  return absl::InvalidArgumentError(
      Concat("kind \"", kind,
             "\" is not supported; supported are Split, ByteLevel, Sequence, Digits, Whitespace and "
             "WhitespaceSplit"));
}

}  // namespace rubato
