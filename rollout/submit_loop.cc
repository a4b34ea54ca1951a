#include "rollout/submit_loop.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace rubato {
namespace {

constexpr size_t kSubmitAtOnce = 64;
constexpr size_t kMostBeingJudged = 1024;
constexpr std::chrono::milliseconds kWait{20};

}  // namespace

absl::Status SubmitLoop::Run() {
  while (true) {
    if (being_judged_ < kMostBeingJudged) {
      const auto wait = being_judged_ == 0 ? kWait : std::chrono::milliseconds(0);
      SendToVerifiers(parts_.generated->Take(kSubmitAtOnce, wait));
    }
    if (being_judged_ == 0) {
      if (parts_.generated->closed() && parts_.generated->size() == 0) return absl::OkStatus();
      continue;
    }
    std::vector<JudgedSample> judged = judged_->Take(kSubmitAtOnce, kWait);
    being_judged_ -= judged.size();
    if (judged.empty()) continue;
    if (absl::Status status = SubmitJudged(std::move(judged)); !status.ok()) return status;
  }
}

void SubmitLoop::SendToVerifiers(std::vector<GeneratedSample> samples) {
  for (GeneratedSample& generated : samples) {
    auto sample = std::make_shared<JudgedSample>();
    sample->text = parts_.tokenizer->Decode(generated.result.tokens);
    sample->generated = std::move(generated);
    ++being_judged_;
    parts_.verifiers->Submit(sample->generated.work->row_json(), sample->text,
                             [judged = judged_, sample](Judgement judgement) {
                               sample->judgement = std::move(judgement);
                               judged->Push(std::move(*sample));
                             });
  }
}

absl::Status SubmitLoop::SubmitJudged(std::vector<JudgedSample> samples) {
  std::vector<Sample> messages;
  for (JudgedSample& sample : samples) {
    CountVerdict(sample.judgement.outcome);
    absl::StatusOr<Sample> built =
        BuildSample(sample.generated, sample.judgement, sample.text, parts_.origin);
    if (!built.ok()) return built.status();
    messages.push_back(*std::move(built));
  }
  absl::StatusOr<SubmitReply> reply = parts_.client->Submit(std::move(messages));
  if (!reply.ok()) return reply.status();
  if (static_cast<size_t>(reply->outcomes_size()) != samples.size()) {
    return absl::InternalError(absl::StrCat("the hub answered a submission of ", samples.size(),
                                            " samples with ", reply->outcomes_size(), " outcomes"));
  }
  for (size_t i = 0; i < samples.size(); ++i) Settle(samples[i], reply->outcomes(static_cast<int>(i)));
  parts_.metrics->submitted.Stamp();
  return absl::OkStatus();
}

void SubmitLoop::CountVerdict(Judgement::Outcome outcome) {
  switch (outcome) {
    case Judgement::Outcome::kOk:
      return parts_.metrics->verdicts_ok.Add();
    case Judgement::Outcome::kTimeout:
      return parts_.metrics->verdicts_timeout.Add();
    case Judgement::Outcome::kCrashed:
      return parts_.metrics->verdicts_crashed.Add();
  }
}

void SubmitLoop::Settle(const JudgedSample& sample, const SubmitOutcome& outcome) {
  parts_.book->Settled(sample.generated.work->lease_id());
  switch (outcome.outcome()) {
    case SubmitOutcome::ACCEPTED:
      return parts_.metrics->samples_accepted.Add();
    case SubmitOutcome::DUPLICATE:
      return parts_.metrics->samples_duplicate.Add();
    case SubmitOutcome::SUPERSEDED:
      return parts_.metrics->samples_superseded.Add();
    default:
      break;
  }
  parts_.metrics->samples_refused.Add();
  LogWarn("sample_refused", {{"lease", sample.generated.work->lease_id()}, {"detail", outcome.detail()}});
}

}  // namespace rubato
