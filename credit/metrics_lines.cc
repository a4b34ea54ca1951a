#include "credit/metrics_lines.h"

#include "common/concat.h"
#include "common/json.h"
#include "proto/learner.pb.h"
#include "proto/ledger.pb.h"

namespace rubato {
namespace {

void AddSummary(const StepRecord& record, Json* line) {
  line->Set("reward/mean", record.reward_mean());
  line->Set("reward/std", record.reward_std());
  line->Set("completion/len_mean", record.length_mean());
  line->Set("completion/len_max", record.length_max());
  line->Set("completion/cut_share", record.cut_short_share());
  line->Set("queue/staleness", record.staleness_mean());
  line->Set("queue/staleness_max", record.staleness_max());
  line->Set("credit/gamma_mean", record.gamma_mean());
  line->Set("credit/gamma_max", record.gamma_max());
  line->Set("credit/coverage", record.coverage());
  line->Set("batch/samples", record.samples());
  line->Set("batch/tokens", record.tokens());
  line->Set("groups/trained", record.groups_trained());
  line->Set("groups/zero_variance", record.groups_zero_variance());
  line->Set("groups/dropped", record.groups_dropped());
}

void AddReport(const StepReport& report, Json* line) {
  line->Set("policy/entropy", report.entropy_mean());
  line->Set("policy/loss", report.loss());
  line->Set("policy/clip_fraction", report.clip_fraction());
  line->Set("policy/ratio_mean", report.ratio_mean());
  line->Set("policy/ratio_max", report.ratio_max());
  line->Set("policy/approx_kl", report.approx_kl());
  line->Set("optim/grad_norm", report.grad_norm());
  line->Set("optim/lr", report.learning_rate());
  line->Set("sync/logprob_gap_max", report.logprob_gap_max());
  line->Set("sync/logprob_gap_tokens", report.logprob_gap_tokens());
  for (const auto& [phase, seconds] : report.seconds()) line->Set(Concat("time/", phase), seconds);
}

}  // namespace

std::string RenderStepLine(const StepRow& row) {
  StepRecord record;
  StepReport report;
  CommitRecord commit;
  record.ParseFromString(row.summary);
  report.ParseFromString(row.report);
  commit.ParseFromString(row.commit_record);
  Json line = Json::Object{};
  line.Set("step", row.step);
  line.Set("lineage", row.lineage);
  AddSummary(record, &line);
  AddReport(report, &line);
  line.Set("time/step", commit.seconds());
  return line.Dump();
}

std::string RenderEvalLine(const EvaluationRow& row) {
  Json line = Json::Object{};
  line.Set("step", row.step);
  line.Set("lineage", row.lineage);
  line.Set("eval/mean", row.mean_reward);
  line.Set("eval/samples", row.verified);
  line.Set("eval/failed", row.failed);
  return line.Dump();
}

}  // namespace rubato
