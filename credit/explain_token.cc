#include "credit/explain_token.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "common/arguments.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/escape.h"
#include "common/status.h"
#include "credit/credit_options.h"
#include "credit/explain.h"
#include "credit/ledger.h"
#include "credit/run_plan.h"
#include "credit/token_weights.h"
#include "credit/weighing_input.h"
#include "proto/config.pb.h"
#include "proto/ledger.pb.h"
#include "proto/sample.pb.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

struct SampleName {
  uint64_t group = 0;
  uint32_t index = 0;
};

absl::StatusOr<SampleName> ParseName(const std::string& text) {
  SampleName name;
  const size_t slash = text.find('/');
  if (slash != std::string::npos && absl::SimpleAtoi(text.substr(0, slash), &name.group) &&
      absl::SimpleAtoi(text.substr(slash + 1), &name.index)) {
    return name;
  }
  return UsageError(Concat(
      "--sample ", text, ": needs GROUP/INDEX, the group's number in the run and the sample's in the group"));
}

std::string StateOf(const SampleRow& row) {
  switch (row.state) {
    case SampleState::kWaiting:
      return "waits to be leased";
    case SampleState::kLeased:
      return "is being generated";
    case SampleState::kSealed:
      return "waits for its step";
    case SampleState::kTrained:
      return "trained";
    case SampleState::kDropped:
      return Concat("dropped: ", row.reason);
  }
  return "?";
}

// Everything that is told about one sample.
struct Story {
  SampleRow row;
  Sample sample;
  CreditSettings settings;
  WeighingInput input;
  std::optional<double> advantage;  // nothing: its group has no credit
  TokenWeights weights;             // at an advantage of 1 without one
  std::vector<std::string> tokens;
};

absl::StatusOr<std::optional<double>> ReadAdvantage(const Ledger& ledger, const SampleName& name) {
  const std::optional<UnitRow> unit = ledger.FindUnit(UnitKey::Group(name.group));
  if (!unit || !unit->credit) return std::nullopt;
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(*unit->credit));
  GroupCredit credit;
  if (!credit.ParseFromString(payload)) return absl::DataLossError("a stored credit cannot be parsed");
  for (const SampleCredit& sample : credit.samples()) {
    if (sample.index() == name.index) return sample.advantage();
  }
  return std::nullopt;
}

absl::StatusOr<Story> ReadStory(const Ledger& ledger, const SampleName& name) {
  Story story;
  const std::optional<SampleRow> row = ledger.FindSample(UnitKey::Group(name.group), name.index);
  RETURN_IF_ERROR(ledger.status());
  if (!row) {
    const std::optional<uint64_t> last = ledger.LastGroup();
    return absl::NotFoundError(Concat("the run has no sample ", name.group, "/", name.index,
                                      "; its last group is ", last ? Concat(*last) : "not issued yet"));
  }
  if (!row->payload) {
    return absl::NotFoundError(
        Concat("sample ", name.group, "/", name.index, " was never submitted: it ", StateOf(*row)));
  }
  story.row = *row;
  RunConfig config;
  if (!config.ParseFromString(ledger.Fact("config").value_or(""))) {
    return absl::DataLossError("the configuration in the ledger cannot be parsed");
  }
  ASSIGN_OR_RETURN(story.settings, ResolveCreditSettings(config.credit()));
  ASSIGN_OR_RETURN(const std::string payload, ledger.ReadPayload(*row->payload));
  if (!story.sample.ParseFromString(payload))
    return absl::DataLossError("the stored sample cannot be parsed");
  ASSIGN_OR_RETURN(const Capture capture, DecodeCapture(story.sample.stats().capture()));
  ASSIGN_OR_RETURN(story.input, ReadWeighingInput(story.sample, NameOf(story.sample.key().sample().group()),
                                                  name.index, capture, story.settings));
  ASSIGN_OR_RETURN(story.advantage, ReadAdvantage(ledger, name));
  story.weights = story.input.stats.Complete()
                      ? WeighTokens(story.settings, story.input.View(), story.advantage.value_or(1))
                      : WeighUnmeasured(story.settings.scheme, static_cast<int>(story.input.ids.size()));
  ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::Load(config.policy().model()));
  if (AsBytes(tokenizer.digest()) != story.sample.tokenizer_digest()) {
    return absl::FailedPreconditionError(
        Concat(config.policy().model(),
               "/tokenizer.json is not the one that the run began with; restore it, for the "
               "texts of the tokens"));
  }
  for (const int32_t id : story.input.ids) story.tokens.push_back(tokenizer.Decode({&id, 1}));
  return story;
}

std::string HeadList(const std::vector<int>& heads, const DecodedStats& stats) {
  std::string list;
  for (int index : heads) {
    list += absl::StrFormat(" [%d,%d] %.2f", stats.capture.layers[index / stats.capture.heads],
                            index % stats.capture.heads, stats.d[index]);
  }
  return list;
}

void WriteHead(const Story& story, std::ostream& out) {
  const GroupId& group = story.sample.key().sample().group();
  out << absl::StrFormat("sample %s, sampled by version %d of lineage %d, %s\n",
                         NameOf(story.sample.key().sample()), story.row.oldest_step, story.row.lineage,
                         StateOf(story.row));
  out << absl::StrFormat("  row %d of the data, pass %d; reward %g", group.position(), group.pass(),
                         story.row.reward);
  out << (story.advantage ? absl::StrFormat(", advantage %.6g\n", *story.advantage)
                          : std::string("; no advantage yet: weights are shown for 1\n"));
  out << "  scheme " << std::string(Name(story.settings.scheme)) << "; "
      << DescribeCapture(story.input.stats.capture) << "\n";
  out << "  local heads [layer,head] distance:"
      << HeadList(story.input.stats.ranking.local, story.input.stats) << "\n";
  out << "  global heads:" << HeadList(story.input.stats.ranking.global, story.input.stats) << "\n";
}

// "3 of 40", counted from the highest; ties as TopQ takes them.
std::string RankOf(const std::vector<double>& scores, int t) {
  if (std::isnan(scores[t])) return "not ranked";
  int rank = 1, ranked = 0;
  for (int u = 0; u < static_cast<int>(scores.size()); ++u) {
    if (std::isnan(scores[u])) continue;
    ++ranked;
    rank += scores[u] > scores[t] || (scores[u] == scores[t] && u < t);
  }
  return absl::StrFormat("rank %d of %d", rank, ranked);
}

std::string Contains(const std::vector<int>& set, int t) {
  return std::find(set.begin(), set.end(), t) == set.end() ? "no" : "yes";
}

void WriteToken(const Story& story, int t, std::ostream& out) {
  const ResponseView view = story.input.View();
  const auto line = [&](const char* name, const std::vector<double>& values) {
    out << absl::StrFormat("  %-10s %-12s %s\n", name,
                           std::isnan(values[t]) ? "undefined" : absl::StrFormat("%.7g", values[t]),
                           RankOf(view.Rankable(values), t));
  };
  out << absl::StrFormat("token %d of %d: id %d, \"%s\"\n", t, view.tokens, story.input.ids[t],
                         EscapeForTerminal(story.tokens[t]));
  line("WAAD", view.waad);
  line("delta", view.delta);
  line("FAI", view.fai);
  line("entropy", view.entropy);
  out << absl::StrFormat("  tau_waad   %.7g\n  tau_delta  %.7g\n", story.settings.tau_waad.Among(view.waad),
                         story.settings.tau_delta.Among(view.delta));
  out << "  in T_loc " << Contains(story.weights.local, t) << ", T_glob " << Contains(story.weights.global, t)
      << ", dominated " << Contains(story.weights.dominated, t) << ", introductory "
      << Contains(story.weights.intro, t) << "\n";
  const double gamma = story.weights.gamma[t], advantage = story.advantage.value_or(1);
  out << absl::StrFormat("  gamma      %.17g\n  gamma * A  %.17g\n", gamma, gamma * advantage);
}

}  // namespace

absl::Status ExplainToken(const ExplainTokenOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const SampleName name, ParseName(options.sample));
  ASSIGN_OR_RETURN(const std::unique_ptr<Ledger> ledger, Ledger::OpenReadOnly(options.run_directory));
  ASSIGN_OR_RETURN(const Story story, ReadStory(*ledger, name));
  const int tokens = static_cast<int>(story.tokens.size());
  if (options.token && (*options.token < 0 || *options.token >= tokens)) {
    return absl::InvalidArgumentError(
        Concat("--token ", *options.token, ": the response has tokens 0 to ", tokens - 1));
  }
  WriteHead(story, out);
  if (options.token) {
    WriteToken(story, *options.token, out);
  } else {
    out << TokenTable(story.tokens, story.input.View(), story.weights);
  }
  return absl::OkStatus();
}

}  // namespace rubato
