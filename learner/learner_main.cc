// rubato-learner: a learner rank of a run; `rubato-learner sft` fine-tunes a model on its own.

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "learner/failpoint.h"
#include "learner/learner.h"
#include "learner/sft.h"

// A rank of a run.
ABSL_FLAG(std::string, hub, "", "address of the credit service, HOST:PORT");
ABSL_FLAG(int, rank, 0, "this rank, 0 to world - 1");
ABSL_FLAG(int, world, 1, "number of ranks");
ABSL_FLAG(std::string, run, "", "run directory");
ABSL_FLAG(std::string, metrics, "127.0.0.1:0", "where /metrics is served");
ABSL_FLAG(std::string, collectives, "gloo", "what carries gradients between ranks: gloo or nccl");
ABSL_FLAG(std::string, log_file, "", "JSON lines; empty: standard error only");
ABSL_FLAG(std::string, failpoint, "", "for tests: NAME@STEP, where the process kills itself once");
// Both.
ABSL_FLAG(std::string, model, "", "Hugging Face model directory to begin with");
ABSL_FLAG(int, threads, 1, "threads to compute with");
// sft.
ABSL_FLAG(std::string, init, "",
          "sft: directory of config.json and tokenizer.json, for fresh random weights");
ABSL_FLAG(std::string, data, "", "sft: JSON lines of \"prompt\" and \"response\"");
ABSL_FLAG(std::string, out, "", "sft: model directory to write");
ABSL_FLAG(std::string, dtype, "bf16", "sft: type of the written weights, bf16 or f32");
ABSL_FLAG(uint64_t, seed, 1, "sft: of the order of the data and of fresh weights");
ABSL_FLAG(double, epochs, 1, "sft: passes over the data");
ABSL_FLAG(int, batch_tokens, 4096, "sft: tokens of one update");
ABSL_FLAG(double, lr, 1e-3, "sft: highest learning rate");
ABSL_FLAG(double, final_lr, 0.1, "sft: share of the learning rate at the end of its cosine");
ABSL_FLAG(uint64_t, warmup, 20, "sft: updates over which the learning rate grows");
ABSL_FLAG(double, weight_decay, 0, "sft: decoupled weight decay of matrices");
ABSL_FLAG(double, clip_norm, 1, "sft: largest gradient norm; 0: any");

namespace rubato {
namespace {

constexpr char kUsage[] =
    "rubato-learner --hub HOST:PORT --rank R --world W --model DIR --run DIR\n"
    "rubato-learner sft {--model DIR | --init DIR} --data FILE.jsonl --out DIR";

// What is wrong with the command line, on one line; exit code 64.
int UsageError(const std::string& what) {
  std::cerr << "rubato-learner: " << what << "\n" << kUsage << "\n";
  return ToInt(ExitCode::kUsage);
}

int Failed(const absl::Status& status) {
  LogError("learner_failed", {{"error", status.message()}});
  std::cerr << "rubato-learner: " << status.message() << "\n";
  return ToInt(ExitCodeFor(status));
}

int RunSftMode() {
  SftOptions options;
  const std::string init = absl::GetFlag(FLAGS_init);
  options.fresh = !init.empty();
  options.model = options.fresh ? init : absl::GetFlag(FLAGS_model);
  options.data = absl::GetFlag(FLAGS_data);
  options.out = absl::GetFlag(FLAGS_out);
  if (options.model.empty() || options.data.empty() || options.out.empty()) {
    return UsageError("sft needs --model or --init, --data and --out");
  }
  const std::string dtype = absl::GetFlag(FLAGS_dtype);
  if (dtype != "bf16" && dtype != "f32") return UsageError("--dtype must be bf16 or f32");
  options.dtype = dtype == "f32" ? SafetensorsType::kF32 : SafetensorsType::kBf16;
  options.seed = absl::GetFlag(FLAGS_seed);
  options.epochs = absl::GetFlag(FLAGS_epochs);
  options.batch_tokens = absl::GetFlag(FLAGS_batch_tokens);
  options.lr = absl::GetFlag(FLAGS_lr);
  options.final_lr = absl::GetFlag(FLAGS_final_lr);
  options.warmup = absl::GetFlag(FLAGS_warmup);
  options.adamw.weight_decay = absl::GetFlag(FLAGS_weight_decay);
  options.clip_norm = absl::GetFlag(FLAGS_clip_norm);
  options.threads = absl::GetFlag(FLAGS_threads);
  const absl::Status status = RunSft(options, std::cout);
  return status.ok() ? ToInt(ExitCode::kDone) : Failed(status);
}

int RunRankMode() {
  LearnerOptions options;
  options.hub_address = absl::GetFlag(FLAGS_hub);
  options.rank = absl::GetFlag(FLAGS_rank);
  options.world = absl::GetFlag(FLAGS_world);
  options.model_directory = absl::GetFlag(FLAGS_model);
  options.run_directory = absl::GetFlag(FLAGS_run);
  options.threads = absl::GetFlag(FLAGS_threads);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics);
  if (options.hub_address.empty() || options.model_directory.empty() || options.run_directory.empty()) {
    return UsageError("--hub, --model and --run are needed");
  }
  if (options.world < 1 || options.rank < 0 || options.rank >= options.world || options.threads < 1) {
    return UsageError("--rank must be in [0, --world), and --threads 1 or more");
  }
  const std::string collectives = absl::GetFlag(FLAGS_collectives);
  if (collectives != "gloo" && collectives != "nccl") return UsageError("--collectives must be gloo or nccl");
  options.backend = collectives == "nccl" ? CommBackend::kNccl : CommBackend::kGloo;
  LogOptions log;
  log.role = absl::StrCat("rank-", options.rank);
  log.file = absl::GetFlag(FLAGS_log_file);
  log.to_stderr = log.file.empty() ? LogToStderr::kAlways : LogToStderr::kIfTerminal;
  absl::Status status = InitLog(log);
  status.Update(SetFailpoint(absl::GetFlag(FLAGS_failpoint), options.run_directory));
  if (!status.ok()) return Failed(status);

  const absl::StatusOr<LearnerEnd> end = RunLearner(options);
  if (!end.ok()) return Failed(end.status());
  return ToInt(*end == LearnerEnd::kFinished ? ExitCode::kDone : ExitCode::kTryAgain);
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(rubato::kUsage);
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (arguments.size() == 1) return rubato::RunRankMode();
  if (arguments.size() == 2 && std::string(arguments[1]) == "sft") return rubato::RunSftMode();
  return rubato::UsageError("unknown argument \"" + std::string(arguments[1]) + "\"");
}
