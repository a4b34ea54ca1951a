#include "credit/hub_run.h"

#include "common/bytes.h"
#include "common/concat.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/resumable_keys.h"
#include "common/status.h"

namespace rubato {
namespace {

constexpr std::string_view kRunIdFact = "run_id";

struct NamedDigest {
  std::string_view fact;
  std::string_view what;
  std::string digest;
};

std::vector<NamedDigest> DigestsOf(const HubInputs& inputs) {
  const std::string config(AsBytes(ConfigDigest(WithoutResumableKeys(inputs.config))));
  return {{"config_digest", "configuration", config},
          {"model_config_digest", "model (config.json)", inputs.model_config_digest},
          {"tokenizer_digest", "tokenizer (tokenizer.json)", inputs.tokenizer_digest},
          {"end_ids_digest", "list of end tokens (eos_token_id)",
           std::string(AsBytes(Sha256(PackInt32(inputs.intake.end_ids))))},
          {"data_digest", "data", inputs.data_digest}};
}

absl::Status CheckSame(const HubInputs& inputs, const Ledger& ledger) {
  for (const NamedDigest& named : DigestsOf(inputs)) {
    const std::string recorded = ledger.Fact(named.fact).value_or("");
    if (recorded == named.digest) continue;
    const absl::StatusOr<Digest> before = DigestFromBytes(recorded);
    const absl::StatusOr<Digest> now = DigestFromBytes(named.digest);
    return absl::FailedPreconditionError(Concat(
        "the ", named.what, " is not what the run began with: ", before.ok() ? ShortHex(*before) : "none",
        " then, ", now.ok() ? ShortHex(*now) : "none", " now. A run keeps its inputs; begin a new one"));
  }
  return absl::OkStatus();
}

absl::Status Exists(const std::string& run_id, const Ledger& ledger) {
  uint64_t committed = 0;
  ledger.ForEachStep([&](const StepRow& row) {
    if (row.committed) committed = std::max(committed, row.step + 1);
  });
  return WithExitCode(
      absl::FailedPreconditionError(Concat("the run directory holds run ", run_id, " with ", committed,
                                           " committed steps; add --resume to go on with it, or choose "
                                           "another --run")),
      ExitCode::kUsage);
}

}  // namespace

absl::StatusOr<HubIdentity> TakeRun(const HubInputs& inputs, const HubRunOptions& options, const Clock& clock,
                                    Ledger* ledger) {
  HubIdentity identity;
  OwnerRow owner = ledger->Owner().value_or(OwnerRow{});
  if (const std::optional<std::string> run_id = ledger->Fact(kRunIdFact)) {
    if (!options.resume) return Exists(*run_id, *ledger);
    RETURN_IF_ERROR(CheckSame(inputs, *ledger));
    identity.run_id = *run_id;
  } else {
    // Tells two runs with the same name apart for people; nothing is drawn from it.
    identity.run_id = Concat(inputs.config.run().name(), "-", absl::ToUnixMillis(clock.Now()));
    ledger->PutFact(kRunIdFact, identity.run_id);
    for (const NamedDigest& named : DigestsOf(inputs)) ledger->PutFact(named.fact, named.digest);
    ledger->PutFact("config", inputs.config.SerializeAsString());
  }
  identity.new_epoch = owner.run_epoch == 0 || owner.owner != options.owner;
  if (identity.new_epoch) ++owner.run_epoch;
  ++owner.hub_incarnation;
  owner.owner = options.owner;
  ledger->TakeOwnership(owner);
  identity.run_epoch = owner.run_epoch;
  identity.hub_incarnation = owner.hub_incarnation;
  return identity;
}

}  // namespace rubato
