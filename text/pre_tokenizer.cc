#include "text/pre_tokenizer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/concat.h"
#include "common/status.h"
#include "text/regex.h"

namespace rubato {
namespace {

// A range of the text and whether the pattern (or, inverted, what is between its matches) covers it.
struct Cut {
  TextRange range;
  bool is_match;
};

std::vector<Cut> Cover(const std::vector<TextRange>& matches, size_t size, bool invert) {
  std::vector<Cut> cuts;
  size_t at = 0;
  for (const TextRange& match : matches) {
    if (at < match.begin) cuts.push_back({{at, match.begin}, invert});
    cuts.push_back({match, !invert});
    at = match.end;
  }
  if (at < size) cuts.push_back({{at, size}, invert});
  return cuts;
}

// What becomes of the matches; the names are those of tokenizer.json.
enum class Behavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

std::optional<Behavior> ParseBehavior(std::string_view name) {
  if (name == "Removed") return Behavior::kRemoved;
  if (name == "Isolated") return Behavior::kIsolated;
  if (name == "MergedWithPrevious") return Behavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return Behavior::kMergedWithNext;
  if (name == "Contiguous") return Behavior::kContiguous;
  return std::nullopt;
}

// Joins each cut for which `joins(cut, previous_was_match)` holds to the one before it.
template <typename Joins>
std::vector<Cut> JoinToPrevious(const std::vector<Cut>& cuts, Joins joins) {
  std::vector<Cut> joined;
  bool previous_was_match = false;
  for (const Cut& cut : cuts) {
    if (!joined.empty() && joins(cut, previous_was_match)) {
      joined.back().range.begin = std::min(joined.back().range.begin, cut.range.begin);
      joined.back().range.end = std::max(joined.back().range.end, cut.range.end);
    } else {
      joined.push_back(cut);
    }
    previous_was_match = cut.is_match;
  }
  return joined;
}

std::vector<Cut> Apply(Behavior behavior, std::vector<Cut> cuts) {
  const auto lone_match = [](const Cut& cut, bool after_match) { return cut.is_match && !after_match; };
  const auto same_kind = [](const Cut& cut, bool after_match) { return cut.is_match == after_match; };
  switch (behavior) {
    case Behavior::kIsolated:
      break;
    case Behavior::kRemoved:
      std::erase_if(cuts, [](const Cut& cut) { return cut.is_match; });
      break;
    case Behavior::kMergedWithPrevious:
      return JoinToPrevious(cuts, lone_match);
    case Behavior::kMergedWithNext:
      std::reverse(cuts.begin(), cuts.end());
      cuts = JoinToPrevious(cuts, lone_match);
      std::reverse(cuts.begin(), cuts.end());
      break;
    case Behavior::kContiguous:
      return JoinToPrevious(cuts, same_kind);
  }
  return cuts;
}

class Whole : public PreTokenizer {
 public:
  absl::StatusOr<std::vector<std::string_view>> Split(std::string_view text) const override {
    if (text.empty()) return std::vector<std::string_view>();
    return std::vector<std::string_view>{text};
  }
};

class PatternSplit : public PreTokenizer {
 public:
  PatternSplit(Regex pattern, Behavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}

  absl::StatusOr<std::vector<std::string_view>> Split(std::string_view text) const override {
    ASSIGN_OR_RETURN(const std::vector<TextRange> matches, pattern_.FindAll(text));
    std::vector<std::string_view> pieces;
    for (const Cut& cut : Apply(behavior_, Cover(matches, text.size(), invert_))) {
      if (!cut.range.empty()) pieces.push_back(text.substr(cut.range.begin, cut.range.end - cut.range.begin));
    }
    return pieces;
  }

 private:
  Regex pattern_;
  Behavior behavior_;
  bool invert_;
};

absl::StatusOr<Regex> ParsePattern(const Json& json) {
  const Json* pattern = json.Find("pattern");
  if (pattern != nullptr && pattern->Find("Regex") != nullptr) {
    ASSIGN_OR_RETURN(const std::string text, pattern->GetString("Regex"));
    return Regex::Compile(text);
  }
  if (pattern != nullptr && pattern->Find("String") != nullptr) {
    ASSIGN_OR_RETURN(const std::string text, pattern->GetString("String"));
    return Regex::Literal(text);
  }
  return absl::InvalidArgumentError("Split has no \"pattern\" that is a \"Regex\" or a \"String\"");
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeSplit(const Json& json) {
  ASSIGN_OR_RETURN(Regex pattern, ParsePattern(json));
  ASSIGN_OR_RETURN(const std::string name, json.GetString("behavior"));
  const std::optional<Behavior> behavior = ParseBehavior(name);
  if (!behavior)
    return absl::InvalidArgumentError(Concat("Split has the unknown \"behavior\" \"", name, "\""));
  ASSIGN_OR_RETURN(const bool invert, json.GetBoolOr("invert", false));
  return std::make_unique<PatternSplit>(std::move(pattern), *behavior, invert);
}

// Runs of word characters, and runs of what is neither word character nor white space; the classes are those
// of Rust's regex crate, which `tokenizers` uses, spelled out because PCRE2's own differ.
absl::StatusOr<std::unique_ptr<PreTokenizer>> MakeWhitespace() {
  constexpr std::string_view kWord =
      R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200C}\x{200D})"
      R"(\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189})";
  constexpr std::string_view kSpace =
      R"(\t-\r\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";
  ASSIGN_OR_RETURN(Regex pattern, Regex::Compile(Concat("[", kWord, "]+|[^", kWord, kSpace, "]+")));
  return std::make_unique<PatternSplit>(std::move(pattern), Behavior::kRemoved, /*invert=*/true);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const Json& json) {
  if (json.is_null()) return std::make_unique<Whole>();
  ASSIGN_OR_RETURN(const std::string kind, json.GetString("type"));
  if (kind == "Split") return MakeSplit(json);
  if (kind == "Whitespace") return MakeWhitespace();
  return absl::InvalidArgumentError(
      Concat("kind \"", kind, "\" is not supported; supported are Split and Whitespace"));
}

}  // namespace rubato
