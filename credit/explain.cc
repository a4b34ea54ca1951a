#include "credit/explain.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/escape.h"

namespace rubato {
namespace {

// 0: no bonus.  1: a part of it.  2: all of it.  3: more.
int LevelOf(double gamma, double amp) {
  const double bonus = amp > 1 ? (gamma - 1) / (amp - 1) : 0;
  if (bonus <= 1e-9) return 0;
  if (bonus < 1 - 1e-9) return 1;
  return bonus < 1 + 1e-9 ? 2 : 3;
}

// `text` marked for its level; it is escaped already.
std::string Marked(const std::string& text, int level, Emphasis emphasis) {
  constexpr int kBackground[] = {0, 223, 215, 202};  // beige, light orange, orange
  if (level == 0) return text;
  if (emphasis == Emphasis::kBrackets) {
    return absl::StrCat(std::string(level, '['), text, std::string(level, ']'));
  }
  return absl::StrCat("\x1b[38;5;16;48;5;", kBackground[level], "m", text, "\x1b[0m");
}

// Characters on a terminal, taking every code point for one.
int WidthOf(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string PadTo(int width, const std::string& text) {
  return absl::StrCat(text, std::string(std::max(0, width - WidthOf(text)), ' '));
}

std::string Number(double value) { return std::isnan(value) ? "-" : absl::StrFormat("%.4f", value); }

// `token` is padded already: its width is not its size.
std::string TableRow(const std::string& position, const std::string& token, const std::string& waad,
                     const std::string& delta, const std::string& fai, const std::string& gamma,
                     const std::string& kind) {
  return absl::StrFormat("%5s  %s %9s %9s %9s %7s%s%s\n", position, token, waad, delta, fai, gamma,
                         kind.empty() ? "" : "  ", kind);
}

// What each token is, position by position.
std::vector<std::string> KindsOf(const ResponseView& response, const TokenWeights& weights) {
  std::vector<std::vector<std::string>> kinds(response.tokens);
  for (int t : weights.local) kinds[t].push_back("chunk");
  const std::set<int> dominated(weights.dominated.begin(), weights.dominated.end());
  for (int t : weights.global) kinds[t].push_back(dominated.count(t) ? "dominated anchor" : "anchor");
  for (int t : weights.intro) kinds[t].push_back("intro");
  std::vector<std::string> joined;
  for (int t = 0; t < response.tokens; ++t) {
    if (response.roles[t] == TokenRole::kMasked) kinds[t].push_back("masked");
    if (response.roles[t] == TokenRole::kExcluded) kinds[t].push_back("excluded");
    joined.push_back(absl::StrJoin(kinds[t], ", "));
  }
  return joined;
}

}  // namespace

std::string TokenLine(std::span<const std::string> tokens, std::span<const double> gamma, double amp,
                      Emphasis emphasis) {
  std::string line;
  for (size_t begin = 0; begin < tokens.size();) {
    const int level = LevelOf(gamma[begin], amp);
    std::string run;  // put together before it is escaped: a character may span tokens
    size_t end = begin;
    for (; end < tokens.size() && LevelOf(gamma[end], amp) == level; ++end) run += tokens[end];
    if (!run.empty()) line += Marked(EscapeForTerminal(run), level, emphasis);
    begin = end;
  }
  return line;
}

std::string TokenLineLegend(double amp, double alpha, Emphasis emphasis) {
  std::set<double> weights = {1, amp, 1 + (amp - 1) * (1 - alpha), 1 + (amp - 1) * alpha,
                              1 + (amp - 1) * (1 + alpha)};
  std::string legend = "weight";
  for (double weight : weights) {
    absl::StrAppend(&legend, " ", Marked(absl::StrFormat("%.4g", weight), LevelOf(weight, amp), emphasis));
  }
  return legend;
}

std::string TokenTable(std::span<const std::string> tokens, const ResponseView& response,
                       const TokenWeights& weights) {
  int width = 5;
  std::vector<std::string> texts;
  for (const std::string& token : tokens) {
    texts.push_back(EscapeForTerminal(token));
    width = std::max(width, WidthOf(texts.back()));
  }
  const std::vector<std::string> kinds = KindsOf(response, weights);
  std::string table = TableRow("#", PadTo(width, "token"), "WAAD", "delta", "FAI", "gamma", "");
  for (int t = 0; t < response.tokens; ++t) {
    table +=
        TableRow(absl::StrCat(t), PadTo(width, texts[t]), Number(response.waad[t]), Number(response.delta[t]),
                 Number(response.fai[t]), absl::StrFormat("%.4g", weights.gamma[t]), kinds[t]);
  }
  return table;
}

}  // namespace rubato
