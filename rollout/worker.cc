#include "rollout/worker.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/concat.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/http_probes.h"
#include "common/log.h"
#include "common/model_digest.h"
#include "common/status.h"
#include "policy/model_directory.h"
#include "policy/tokenizer_check.h"
#include "policy/unused_ids.h"
#include "rollout/generation_loop.h"
#include "rollout/lease_loop.h"
#include "rollout/submit_loop.h"
#include "rollout/weight_client.h"

namespace rubato {
namespace {

constexpr absl::Duration kFetchTimeout = absl::Seconds(60);
constexpr size_t kGeneratedLimit = 4096;  // finished samples kept for the hub before generation waits

// The first error of any thread is the worker's; it stops the others.
class FirstError {
 public:
  explicit FirstError(RolloutClient* client) : client_(client) {}

  void Record(const absl::Status& status) {
    if (status.ok()) return;
    std::lock_guard lock(mutex_);
    if (first_.ok()) first_ = status;
    stop_.request_stop();
    client_->Stop();
  }
  std::stop_source& stop() { return stop_; }
  absl::Status status() const {
    std::lock_guard lock(mutex_);
    return first_;
  }

 private:
  RolloutClient* client_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  absl::Status first_;
};

// Everything the threads share, in the order it is made.
struct Worker {
  explicit Worker(const WorkerOptions& options)
      : metrics_registry("rollout"),
        metrics(&metrics_registry),
        generated(kGeneratedLimit),
        options(options) {}

  Metrics metrics_registry;
  WorkerMetrics metrics;
  LeaseBook book;
  ServingState serving;
  BoundedQueue<LeasedWork> leased{1 << 16};
  BoundedQueue<GeneratedSample> generated;
  const WorkerOptions& options;
};

// A model whose every end token is unused could only end by length.
absl::Status CheckEndsAreSampled(const ModelConfig& config, const UnusedIds& unused) {
  const std::vector<int32_t>& ends = config.end_token_ids;
  const auto is_unused = [&](int32_t id) { return unused.Contains(id); };
  if (ends.empty() || !std::all_of(ends.begin(), ends.end(), is_unused)) return absl::OkStatus();
  return WithExitCode(absl::InvalidArgumentError(Concat(
                          "tokenizer.json has no token for the end token ", ends[0],
                          " (eos_token_id), so it would never be sampled and no response would end; add "
                          "it to the tokenizer or set rollout.mask_unused_ids to false")),
                      ExitCode::kBadData);
}

absl::StatusOr<std::unique_ptr<Engine>> MakeEngine(const WorkerOptions& options, const ModelConfig& config,
                                                   const Tokenizer& tokenizer, const RunConfig& run) {
  EngineOptions engine;
  if (run.rollout().mask_unused_ids()) {
    ASSIGN_OR_RETURN(engine.unused_ids, UnusedIds::Find(tokenizer, config.vocab));
    RETURN_IF_ERROR(CheckEndsAreSampled(config, engine.unused_ids));
  }
  engine.max_sequences = options.capacity;
  engine.kv_bytes = options.kv_bytes;
  engine.threads = options.threads;
  return Engine::Create(config, engine);
}

absl::StatusOr<std::unique_ptr<VerifierPool>> StartVerifiers(const WorkerOptions& options,
                                                             const RunConfig& config) {
  VerifierPoolOptions pool;
  pool.program = options.verify_program;
  pool.verifier = config.task().verifier();
  pool.timeout = absl::Seconds(config.task().timeout_seconds());
  pool.retries = static_cast<int>(config.task().retries());
  return VerifierPool::Start(pool);
}

// Runs the four threads to their end.  `hello` is the run as the hub describes it.
absl::Status RunThreads(Worker* worker, RolloutClient* client, Engine* engine, VerifierPool* verifiers,
                        const Tokenizer& tokenizer, const SlabLayout& layout, const HelloReply& hello,
                        std::stop_token stop) {
  FirstError error(client);
  std::stop_callback on_stop(stop, [&] { error.stop().request_stop(); });

  LeaseLoopParts leasing{client,
                         &worker->leased,
                         &worker->book,
                         &worker->serving,
                         &worker->metrics,
                         static_cast<size_t>(worker->options.capacity),
                         absl::Seconds(hello.config().rollout().lease_seconds())};
  SubmitLoop submitting(
      {client,
       verifiers,
       &tokenizer,
       &worker->generated,
       &worker->book,
       &worker->metrics,
       {worker->options.name, std::string(AsBytes(tokenizer.digest())), hello.config_digest()}});
  GenerationLoop generating({engine, &worker->leased, &worker->generated, &worker->book, &worker->serving,
                             &worker->metrics, hello.config().run().seed(),
                             [&](const VersionSource& s) { return FetchWeights(s, layout, kFetchTimeout); },
                             [&](uint64_t id) { client->Release({id}).IgnoreError(); }});

  std::stop_source renew_stop;
  std::thread lease([&] { error.Record(RunLeaseLoop(leasing, error.stop().get_token())); });
  std::thread renew([&] { error.Record(RunRenewLoop(leasing, renew_stop.get_token())); });
  std::thread submit([&] {
    error.Record(submitting.Run());
    worker->generated
        .Close();  // after an error nobody takes from it any more: generation must not wait for room
  });
  error.Record(generating.Run(error.stop().get_token()));
  submit.join();  // what is finished is submitted even when a stop was requested
  renew_stop.request_stop();
  client->Stop();
  lease.join();
  renew.join();
  if (std::vector<uint64_t> held = worker->book.Held(); !held.empty()) client->Release(held).IgnoreError();
  const absl::Status status = error.status();
  return stop.stop_requested() && status.code() == absl::StatusCode::kCancelled ? absl::OkStatus() : status;
}

}  // namespace

absl::Status WorkerOptions::Validate() const {
  if (hub_address.empty())
    return absl::InvalidArgumentError("--hub is missing: the address of rubato-credit");
  if (model_directory.empty()) return absl::InvalidArgumentError("--model is missing: a model directory");
  if (verify_program.empty())
    return absl::InvalidArgumentError("--verify is missing: the path of rubato-verify");
  if (capacity < 1)
    return absl::InvalidArgumentError(absl::StrCat("--capacity is ", capacity, "; at least 1"));
  if (threads < 1) return absl::InvalidArgumentError(absl::StrCat("--threads is ", threads, "; at least 1"));
  return absl::OkStatus();
}

absl::Status RunWorker(const WorkerOptions& options, std::stop_token stop) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  absl::StatusOr<ModelDigests> digests = DigestModelDirectory(options.model_directory);
  if (!digests.ok()) return digests.status();
  absl::StatusOr<ModelConfig> config = ReadModelConfig(options.model_directory);
  if (!config.ok()) return config.status();
  absl::StatusOr<Tokenizer> tokenizer = Tokenizer::Load(options.model_directory);
  if (!tokenizer.ok()) return tokenizer.status();
  if (absl::Status status = CheckTokenIds(*tokenizer, *config); !status.ok()) return status;

  Worker worker(options);
  std::atomic<bool> joined{false};
  absl::StatusOr<HttpServer> http = HttpServer::Start(
      options.metrics_listen, ProbeHandlers(&worker.metrics_registry, [&joined] {
        return joined ? absl::OkStatus() : absl::UnavailableError("waiting for the hub's hello");
      }));
  if (!http.ok()) return http.status();

  absl::StatusOr<std::unique_ptr<RolloutClient>> client =
      RolloutClient::Create({options.hub_address, options.name, std::string(AsBytes(digests->config)),
                             std::string(AsBytes(digests->tokenizer)), http->address()});
  if (!client.ok()) return client.status();
  std::stop_callback stop_hello(stop, [&] {
    if (!joined) (*client)->Stop();
  });
  absl::StatusOr<HelloReply> hello = (*client)->Hello();
  if (!hello.ok()) return stop.stop_requested() ? absl::OkStatus() : hello.status();
  joined = true;
  LogInfo("joined", {{"run", hello->run_id()}, {"hub", options.hub_address}, {"metrics", http->address()}});

  absl::StatusOr<std::unique_ptr<Engine>> engine = MakeEngine(options, *config, *tokenizer, hello->config());
  if (!engine.ok()) return engine.status();
  absl::StatusOr<std::unique_ptr<VerifierPool>> verifiers = StartVerifiers(options, hello->config());
  if (!verifiers.ok()) return verifiers.status();
  return RunThreads(&worker, client->get(), engine->get(), verifiers->get(), *tokenizer, SlabLayout(*config),
                    *hello, stop);
}

}  // namespace rubato
