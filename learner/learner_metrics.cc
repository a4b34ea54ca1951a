#include "learner/learner_metrics.h"

namespace rubato {
namespace {

constexpr const char* kPhases[] = {"wait",  "forward_backward", "all_reduce",
                                   "apply", "publish",          "checkpoint"};

}  // namespace

LearnerMetrics::LearnerMetrics(Metrics* metrics)
    : metrics_(*metrics),
      step_(metrics->AddGauge("learner_step", "Version of the weights held: updates committed before it.")),
      loss_(metrics->AddGauge("learner_loss", "Clipped surrogate of the last step.")),
      grad_norm_(metrics->AddGauge("learner_grad_norm", "Gradient norm of the last step, before clipping.")),
      learning_rate_(metrics->AddGauge("learner_learning_rate", "Learning rate of the last step.")),
      clip_fraction_(
          metrics->AddGauge("learner_clip_fraction", "Share of the last step's tokens that clipped.")),
      entropy_(metrics->AddGauge("learner_entropy_nats",
                                 "Mean entropy of the policy over the last step's tokens.")),
      logprob_gap_(
          metrics->AddGauge("learner_logprob_gap_max_nats",
                            "Largest difference between learner and rollout log-probs of the last step "
                            "under the same weights; 0 on CPU.")),
      checkpoint_step_(metrics->AddGauge("learner_checkpoint_step", "Version of the newest checkpoint.")),
      steps_(metrics->AddCounter("learner_steps_total",
                                 "Steps trained by this process, replayed ones included.")),
      tokens_(metrics->AddCounter("learner_tokens_total", "Tokens trained by all ranks in those steps.")),
      waiting_(metrics->AddProgress("learner_wait")),
      training_(metrics->AddProgress("learner_step")) {
  for (const char* phase : kPhases) AddSeconds(phase, 0);
}

void LearnerMetrics::Trained(uint64_t step, const StepReport& report) {
  step_.Set(static_cast<double>(step + 1));
  loss_.Set(report.loss());
  grad_norm_.Set(report.grad_norm());
  learning_rate_.Set(report.learning_rate());
  clip_fraction_.Set(report.clip_fraction());
  entropy_.Set(report.entropy_mean());
  logprob_gap_.Set(report.logprob_gap_max());
  steps_.Add();
  tokens_.Add(static_cast<double>(report.tokens()));
  for (const auto& [phase, seconds] : report.seconds()) AddSeconds(phase.c_str(), seconds);
  training_.Stamp();
}

void LearnerMetrics::CheckpointWritten(uint64_t step, double seconds) {
  checkpoint_step_.Set(static_cast<double>(step));
  AddSeconds("checkpoint", seconds);
}

void LearnerMetrics::AddSeconds(const char* phase, double seconds) {
  metrics_.AddCounter("learner_phase_seconds_total", "Wall clock by phase of the step.", {{"phase", phase}})
      .Add(seconds);
}

}  // namespace rubato
