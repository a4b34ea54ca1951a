#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rollout/bounded_queue.h"
#include "rollout/lease_book.h"
#include "rollout/rollout_client.h"
#include "rollout/sample_builder.h"
#include "rollout/work.h"
#include "rollout/worker_metrics.h"
#include "tasks/verifier_pool.h"
#include "text/tokenizer.h"

namespace rubato {

// The thread that has samples judged and submits them, and keeps each until the hub's final word on it.
// Verdicts come in any order; what is judged is submitted, what is slow waits alone.
class SubmitLoop {
 public:
  struct Parts {
    RolloutClient* client = nullptr;
    VerifierPool* verifiers = nullptr;
    const Tokenizer* tokenizer = nullptr;
    BoundedQueue<GeneratedSample>* generated = nullptr;
    LeaseBook* book = nullptr;
    WorkerMetrics* metrics = nullptr;
    SampleOrigin origin;
  };

  explicit SubmitLoop(Parts parts) : parts_(std::move(parts)) {}

  // Until `generated` is closed and every sample that was in it has its outcome.  Errors: as BuildSample and
  // RolloutClient::Submit.
  absl::Status Run();

 private:
  struct JudgedSample {
    GeneratedSample generated;
    std::string text;
    Judgement judgement;
  };

  static constexpr size_t kJudgedLimit = 1 << 20;  // never reached: the generated queue is far smaller

  void SendToVerifiers(std::vector<GeneratedSample> samples);
  absl::Status SubmitJudged(std::vector<JudgedSample> samples);
  void CountVerdict(Judgement::Outcome outcome);
  void Settle(const JudgedSample& sample, const SubmitOutcome& outcome);

  Parts parts_;
  // Shared with the callbacks of verdicts that are still out when Run ends with an error.
  const std::shared_ptr<BoundedQueue<JudgedSample>> judged_ =
      std::make_shared<BoundedQueue<JudgedSample>>(kJudgedLimit);
  size_t being_judged_ = 0;  // sent to the verifiers and not yet taken from judged_
};

}  // namespace rubato
