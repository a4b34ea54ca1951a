#include "credit/verify_credit.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "absl/strings/str_format.h"
#include "common/bytes.h"
#include "common/concat.h"
#include "common/status.h"
#include "credit/advantages.h"
#include "credit/credit_options.h"
#include "credit/group_view.h"
#include "credit/intake.h"
#include "credit/ledger.h"
#include "credit/run_plan.h"
#include "proto/config.pb.h"
#include "proto/ledger.pb.h"
#include "proto/sample.pb.h"

namespace rubato {
namespace {

// Differences shown of one kind; the rest is counted.
constexpr size_t kMostShown = 20;

bool SameBits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

class Verifier {
 public:
  Verifier(const Ledger& ledger, const CreditSettings& settings, const GroupRules& rules)
      : ledger_(ledger), settings_(settings), rules_(rules) {}

  void Verify(const UnitRow& unit) {
    if (!unit.credit) return;
    group_ = Concat("group ", unit.unit.ordinal);
    const absl::StatusOr<GroupView> view = ReadGroup(ledger_, unit.unit.ordinal, settings_);
    const absl::StatusOr<std::string> payload = ledger_.ReadPayload(*unit.credit);
    if (absl::IsNotFound(view.status()) || absl::IsNotFound(payload.status())) {
      verdict_.uncovered.push_back(group_);
      return;
    }
    if (!view.ok()) return Tell(std::string(view.status().message()));
    if (!payload.ok()) return Tell(std::string(payload.status().message()));
    GroupCredit stored;
    if (!stored.ParseFromString(*payload)) return Tell("its stored credit cannot be parsed");
    Compare(*view, stored);
  }

  CreditVerdict Take() { return std::move(verdict_); }

 private:
  void Tell(const std::string& what) { verdict_.differences.push_back(Concat(group_, ": ", what)); }

  void Compare(const GroupView& view, const GroupCredit& stored) {
    const absl::StatusOr<CreditedGroup> credited = CreditGroup(settings_, rules_, view.samples);
    if (!credited.ok()) {
      Tell(std::string(credited.status().message()));
      return;
    }
    ++verdict_.groups;
    size_t earning = 0;
    for (size_t i = 0; i < view.samples.size(); ++i) earning += view.samples[i].ok;
    if (earning != static_cast<size_t>(stored.samples_size())) {
      Tell(Concat("stored credit is of ", stored.samples_size(), " samples, ", earning, " earn some"));
    }
    for (const SampleCredit& sample : stored.samples()) {
      if (sample.index() >= credited->samples.size()) {
        Tell(Concat("stored credit names sample ", sample.index(), " of ", credited->samples.size()));
      } else {
        CompareSample(view.rows[sample.index()], credited->samples[sample.index()], sample);
      }
    }
  }

  void CompareSample(const SampleRow& row, const CreditedSample& again, const SampleCredit& stored) {
    ++verdict_.samples;
    const std::string sample = Concat("sample ", stored.index());
    CompareDigest(row, sample);
    if (!SameBits(stored.advantage(), again.advantage)) {
      Tell(absl::StrFormat("%s: advantage is stored as %.17g, computed again %.17g", sample,
                           stored.advantage(), again.advantage));
    }
    const absl::StatusOr<std::vector<double>> gamma = UnpackDouble(stored.token_weights());
    if (!gamma.ok() || gamma->size() != again.weights.gamma.size()) {
      Tell(Concat(sample, ": ", stored.token_weights().size(), " bytes of token weights are stored for ",
                  again.weights.gamma.size(), " tokens"));
      return;
    }
    verdict_.tokens += gamma->size();
    for (size_t t = 0; t < gamma->size(); ++t) {
      if (SameBits((*gamma)[t], again.weights.gamma[t])) continue;
      Tell(absl::StrFormat("%s, token %d: gamma is stored as %.17g, computed again %.17g", sample, t,
                           (*gamma)[t], again.weights.gamma[t]));
    }
  }

  void CompareDigest(const SampleRow& row, const std::string& name) {
    Sample sample;
    const absl::StatusOr<std::string> payload = ledger_.ReadPayload(*row.payload);
    if (payload.ok() && sample.ParseFromString(*payload) && ContentDigest(sample) == row.digest) return;
    Tell(Concat(name, ": its payload is not the one that was acknowledged"));
  }

  const Ledger& ledger_;
  const CreditSettings& settings_;
  const GroupRules rules_;
  std::string group_;
  CreditVerdict verdict_;
};

void WriteList(const std::vector<std::string>& lines, std::ostream& out) {
  for (size_t i = 0; i < std::min(lines.size(), kMostShown); ++i) out << "  " << lines[i] << "\n";
  if (lines.size() > kMostShown) out << "  and " << lines.size() - kMostShown << " more\n";
}

}  // namespace

absl::StatusOr<CreditVerdict> VerifyCredit(const std::string& run_directory) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Ledger> ledger, Ledger::OpenReadOnly(run_directory));
  RunConfig config;
  if (!config.ParseFromString(ledger->Fact("config").value_or(""))) {
    return absl::DataLossError(Concat(run_directory, ": the configuration in the ledger cannot be parsed"));
  }
  ASSIGN_OR_RETURN(const CreditSettings settings, ResolveCreditSettings(config.credit()));
  const GroupRules rules{.min_ok = ResolveMinOk(static_cast<int>(config.batch().min_ok()),
                                                static_cast<int>(config.batch().group_size())),
                         .keep_zero_variance = config.batch().keep_zero_variance()};
  Verifier verifier(*ledger, settings, rules);
  const std::optional<uint64_t> last = ledger->LastGroup();
  for (const UnitRow& unit : ledger->Groups(0, last ? *last + 1 : 0)) verifier.Verify(unit);
  RETURN_IF_ERROR(ledger->status());
  return verifier.Take();
}

void WriteVerdict(const CreditVerdict& verdict, std::ostream& out) {
  out << absl::StrFormat("computed again: %d tokens of %d samples in %d groups\n", verdict.tokens,
                         verdict.samples, verdict.groups);
  if (verdict.groups == 0 && verdict.differences.empty()) {
    out << "nothing to compare: no group has credit that can still be computed\n";
  } else if (verdict.differences.empty()) {
    out << "all advantages and token weights are those that were stored, bit for bit\n";
  } else {
    out << verdict.differences.size() << " differences:\n";
    WriteList(verdict.differences, out);
  }
  if (verdict.uncovered.empty()) return;
  out << verdict.uncovered.size() << " groups can no longer be explained, their payloads were deleted:\n";
  WriteList(verdict.uncovered, out);
}

}  // namespace rubato
