#include "credit/version_registry.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/digest.h"

namespace rubato {
namespace {

constexpr std::string_view kStartsFact = "lineage_starts";

std::string ShortHexOf(const std::string& digest) {
  const absl::StatusOr<Digest> parsed = DigestFromBytes(digest);
  return parsed.ok() ? ShortHex(*parsed) : Concat(digest.size(), " bytes");
}

}  // namespace

VersionRegistry::VersionRegistry(Ledger* ledger, HubHistory* history) : ledger_(ledger), history_(history) {
  const std::string starts = ledger->Fact(kStartsFact).value_or("0");
  for (const std::string& start : std::vector<std::string>(absl::StrSplit(starts, ' '))) {
    uint64_t step = 0;
    (void)absl::SimpleAtoi(start, &step);
    lineage_starts_.push_back(step);
  }
  for (VersionRow& row : ledger->Versions()) {
    if (row.prepared) {
      prepared_ = std::move(row);
    } else {
      committed_[{row.lineage, row.step}] = std::move(row);
    }
  }
  // Commits go up within a lineage, so the newest version of the newest lineage that has one is current.
  if (!committed_.empty()) current_ = committed_.rbegin()->first.second;
}

uint32_t VersionRegistry::LineageOfStep(uint64_t step) const {
  for (uint32_t lineage = this->lineage(); lineage > 0; --lineage) {
    if (lineage_starts_[lineage] <= step) return lineage;
  }
  return 0;
}

const VersionRow* VersionRegistry::Find(uint64_t step) const {
  if (!current_ || step > *current_) return nullptr;
  const auto found = committed_.find({step == 0 ? 0 : LineageOfStep(step - 1), step});
  return found == committed_.end() ? nullptr : &found->second;
}

absl::Status VersionRegistry::CheckServable(const WeightVersion& version) const {
  const VersionRow* row = Find(version.step());
  if (row == nullptr) {
    return absl::FailedPreconditionError(Concat("version ", version.step(), " is not committed"));
  }
  if (row->lineage != version.lineage()) {
    return absl::FailedPreconditionError(Concat("version ", version.step(), " of lineage ", version.lineage(),
                                                " did not survive; lineage ", row->lineage, " did"));
  }
  if (row->digest != version.digest()) {
    return absl::FailedPreconditionError(Concat("version ", version.step(), " has digest ",
                                                ShortHexOf(row->digest), ", not ",
                                                ShortHexOf(version.digest())));
  }
  return absl::OkStatus();
}

std::vector<std::string> VersionRegistry::SourcesOf(uint64_t step, uint64_t generation) const {
  const VersionRow* row = Find(step);
  return row != nullptr && row->generation == generation ? row->addresses : std::vector<std::string>();
}

void VersionRegistry::Begin(const VersionRow& version) {
  ledger_->Put(version);
  history_->Add("version", Json::Object{{"lineage", version.lineage},
                                        {"step", version.step},
                                        {"digest", ShortHexOf(version.digest)}});
  committed_[{version.lineage, version.step}] = version;
  current_ = version.step;
}

void VersionRegistry::SetSources(uint64_t step, uint64_t generation, std::vector<std::string> addresses) {
  const VersionRow* found = Find(step);
  if (found == nullptr) return;
  VersionRow& row = committed_[{found->lineage, found->step}];
  row.generation = generation;
  row.addresses = std::move(addresses);
  ledger_->Put(row);
}

void VersionRegistry::Prepare(VersionRow version) {
  version.prepared = true;
  if (prepared_) ledger_->DeletePreparedVersions();
  ledger_->Put(version);
  prepared_ = std::move(version);
}

void VersionRegistry::Commit(uint64_t step, const std::string& digest, uint64_t generation) {
  VersionRow row{lineage(), step, digest, false, generation, {}};
  if (prepared_ && prepared_->step == step && prepared_->digest == digest)
    row.addresses = prepared_->addresses;
  if (prepared_) ledger_->DeletePreparedVersions();
  prepared_.reset();
  ledger_->Put(row);
  committed_[{row.lineage, row.step}] = std::move(row);
  current_ = step;
}

void VersionRegistry::OpenLineage(uint64_t first_step) {
  lineage_starts_.push_back(first_step);
  ledger_->PutFact(kStartsFact, absl::StrJoin(lineage_starts_, " "));
}

WeightVersion ToMessage(const VersionRow& row) {
  WeightVersion version;
  version.set_lineage(row.lineage);
  version.set_step(row.step);
  version.set_digest(row.digest);
  return version;
}

}  // namespace rubato
