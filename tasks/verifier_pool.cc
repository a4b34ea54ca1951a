#include "tasks/verifier_pool.h"

#include <atomic>
#include <future>
#include <utility>

#include "common/concat.h"
#include "common/status.h"
#include "tasks/verdict_queue.h"
#include "tasks/verdict_wire.h"
#include "tasks/verifier_worker.h"

namespace rubato {
namespace {

template <typename T>
absl::Status CheckRange(std::string_view field, T value, T least, T most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Concat("verifier pool: ", field, " is ", value, "; it goes from ", least, " to ", most));
}

class ProcessPool : public VerifierPool {
 public:
  explicit ProcessPool(const VerifierPoolOptions& options)
      : options_(options), queue_(options.queue_requests) {}

  ~ProcessPool() override {
    queue_.Close();
    workers_.clear();
    for (PendingVerdict& pending : queue_.TakeAll()) {
      Conclude(pending.done, "the verifier pool was stopped", pending.attempts);
    }
  }

  absl::Status StartWorkers() {
    for (int i = 0; i < options_.processes; ++i) {
      workers_.push_back(std::make_unique<VerifierWorker>(options_, &queue_, &counters_));
      RETURN_IF_ERROR(workers_.back()->Start());
    }
    return absl::OkStatus();
  }

  void Submit(std::string row_json, std::string response, std::function<void(Judgement)> done) override {
    const uint64_t id = ++counters_.submitted;
    absl::StatusOr<Json> row = Json::Parse(row_json, "row");
    if (!row.ok()) return Conclude(done, std::string(row.status().message()), 0);
    PendingVerdict pending{id, WriteRequest({id, options_.verifier, *std::move(row), std::move(response)}),
                           std::move(done)};
    if (pending.line.size() > kMostRequestBytes) {
      return Conclude(pending.done,
                      Concat("row and response take ", pending.line.size(), " bytes; at most ",
                             kMostRequestBytes, " can be verified"),
                      0);
    }
    if (!queue_.Push(&pending)) Conclude(pending.done, "the verifier pool was stopped", 0);
  }

  Counts counts() const override {
    Counts counts;
    counts.ok = counters_.ok;
    counts.timeout = counters_.timeout;
    counts.crashed = counters_.crashed;
    counts.restarts = counters_.restarts;
    counts.waiting = counters_.submitted - counts.ok - counts.timeout - counts.crashed;
    return counts;
  }

 private:
  // Without a verifier's word.
  void Conclude(const std::function<void(Judgement)>& done, std::string detail, int attempts) {
    counters_.Count(Judgement::Outcome::kCrashed);
    done(Judgement{Judgement::Outcome::kCrashed, 0, {}, std::move(detail), attempts});
  }

  const VerifierPoolOptions options_;
  VerdictQueue queue_;
  VerdictCounters counters_;
  std::vector<std::unique_ptr<VerifierWorker>> workers_;
};

}  // namespace

absl::Status VerifierPoolOptions::Validate() const {
  RETURN_IF_ERROR(CheckRange("processes", processes, 1, 256));
  RETURN_IF_ERROR(CheckRange("retries", retries, 0, 100));
  RETURN_IF_ERROR(CheckRange("pipeline", pipeline, 1, 4096));
  RETURN_IF_ERROR(CheckRange("timeout in seconds", absl::ToDoubleSeconds(timeout), 0.001, 86400.0));
  RETURN_IF_ERROR(CheckRange("output_bytes", output_bytes, size_t{256}, size_t{64} << 20));
  RETURN_IF_ERROR(CheckRange("memory_bytes", memory_bytes, size_t{16} << 20, size_t{1} << 40));
  RETURN_IF_ERROR(CheckRange("queue_requests", queue_requests, size_t{1}, size_t{1} << 24));
  return MakeVerifier(verifier).status();
}

absl::StatusOr<std::unique_ptr<VerifierPool>> VerifierPool::Start(const VerifierPoolOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  auto pool = std::make_unique<ProcessPool>(options);
  RETURN_IF_ERROR(pool->StartWorkers());
  return pool;
}

Judgement VerifierPool::Judge(std::string row_json, std::string response) {
  std::promise<Judgement> promise;
  std::future<Judgement> verdict = promise.get_future();
  Submit(std::move(row_json), std::move(response),
         [&promise](Judgement v) { promise.set_value(std::move(v)); });
  return verdict.get();
}

}  // namespace rubato
