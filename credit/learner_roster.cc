#include "credit/learner_roster.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/concat.h"

namespace rubato {
namespace {

constexpr std::string_view kGenerationFact = "learner_generation";
constexpr std::string_view kMembersFact = "learner_members";  // one instance a line, by rank
constexpr std::string_view kRendezvousFact = "learner_rendezvous";

}  // namespace

LearnerRoster::LearnerRoster(uint32_t world, Ledger* ledger, HubHistory* history)
    : world_(world), ledger_(ledger), history_(history) {
  (void)absl::SimpleAtoi(ledger->Fact(kGenerationFact).value_or("0"), &generation_);
  if (generation_ == 0) return;
  uint32_t rank = 0;
  const std::string members = ledger->Fact(kMembersFact).value_or("");
  for (const std::string& instance : std::vector<std::string>(absl::StrSplit(members, '\n'))) {
    members_[rank++] = instance;
  }
  rendezvous_ = ledger->Fact(kRendezvousFact).value_or("");
  whole_ = members_.size() == world_;
}

uint64_t LearnerRoster::Join(uint32_t rank, const std::string& instance, absl::Time now) {
  if (whole_ && members_[rank] == instance) return generation_;
  EndGeneration();
  waiting_[rank] = {instance, now};
  std::erase_if(waiting_, [&](const auto& entry) { return now - entry.second.last_asked > kPatience; });
  if (waiting_.size() < world_) return 0;
  Form();
  return generation_;
}

void LearnerRoster::EndGeneration() {
  if (!whole_) return;
  whole_ = false;
  history_->Add("generation_ended", Json::Object{{"generation", generation_}});
}

void LearnerRoster::Form() {
  members_.clear();
  std::vector<std::string> instances;
  for (auto& [rank, waiting] : waiting_) {
    instances.push_back(waiting.instance);
    members_[rank] = std::move(waiting.instance);
  }
  waiting_.clear();
  whole_ = true;
  ++generation_;
  rendezvous_.clear();
  ledger_->PutFact(kGenerationFact, Concat(generation_));
  ledger_->PutFact(kMembersFact, absl::StrJoin(instances, "\n"));
  ledger_->PutFact(kRendezvousFact, "");
  history_->Add("generation", Json::Object{{"generation", generation_}, {"world", world_}});
}

absl::Status LearnerRoster::Check(uint64_t generation) const {
  if (generation == generation_ && whole_) return absl::OkStatus();
  if (generation == generation_) {
    return absl::AbortedError(Concat("learner generation ", generation, " ended: a rank was started anew"));
  }
  return absl::AbortedError(Concat("learner generation ", generation, " is over, the present one is ",
                                   generation_, "; join again"));
}

std::string LearnerRoster::Missing() const {
  if (whole_) return "";
  std::vector<uint32_t> missing;
  for (uint32_t rank = 0; rank < world_; ++rank) {
    if (!waiting_.contains(rank)) missing.push_back(rank);
  }
  return missing.empty() ? "" : Concat("rank ", absl::StrJoin(missing, ", "), " of ", world_);
}

void LearnerRoster::PublishRendezvous(const std::string& address) {
  rendezvous_ = address;
  ledger_->PutFact(kRendezvousFact, address);
}

}  // namespace rubato
