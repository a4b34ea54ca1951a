#include "tasks/verifier_worker.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/clock.h"
#include "common/concat.h"
#include "common/status.h"
#include "tasks/verdict_wire.h"

namespace rubato {
namespace {

constexpr int kRestartPauseMilliseconds = 100;

// A process that dies while it is written to is an error of write, not a signal to us.
void BlockSigpipe() {
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
}

}  // namespace

void VerdictCounters::Count(Judgement::Outcome outcome) {
  switch (outcome) {
    case Judgement::Outcome::kOk:
      ++ok;
      break;
    case Judgement::Outcome::kTimeout:
      ++timeout;
      break;
    case Judgement::Outcome::kCrashed:
      ++crashed;
      break;
  }
}

VerifierWorker::VerifierWorker(const VerifierPoolOptions& options, VerdictQueue* queue,
                               VerdictCounters* counters)
    : options_(options), queue_(queue), counters_(counters), stop_(eventfd(0, EFD_CLOEXEC)) {}

VerifierWorker::~VerifierWorker() { Stop(); }

absl::Status VerifierWorker::Start() {
  if (!stop_.valid()) return absl::UnavailableError(Concat("eventfd: ", std::strerror(errno)));
  std::promise<absl::Status> started;
  std::future<absl::Status> result = started.get_future();
  thread_ = std::thread(&VerifierWorker::Run, this, std::move(started));
  return result.get();
}

void VerifierWorker::Stop() {
  if (!thread_.joinable()) return;
  // An eventfd takes eight bytes or fails for good; it cannot be full here.
  if (eventfd_write(stop_.get(), 1) != 0) std::abort();
  thread_.join();
}

void VerifierWorker::Run(std::promise<absl::Status> started) {
  BlockSigpipe();
  absl::Status status = StartProcess();
  started.set_value(status);
  while (!queue_->closed()) {
    Refill();
    if (!in_flight_.empty()) AwaitAnswer();
  }
  queue_->ReturnToFront(std::exchange(in_flight_, {}));
  process_.reset();
}

absl::Status VerifierWorker::StartProcess() {
  LineProcess::Options options{options_.program, options_.output_bytes, options_.memory_bytes,
                               options_.limit_resources};
  ASSIGN_OR_RETURN(process_, LineProcess::Start(options));
  return absl::OkStatus();
}

void VerifierWorker::Refill() {
  const bool idle = in_flight_.empty();
  const size_t free = static_cast<size_t>(options_.pipeline) - in_flight_.size();
  for (PendingVerdict& pending : queue_->Take(free, /*wait=*/idle)) {
    if (process_) process_->Send(pending.line);
    in_flight_.push_back(std::move(pending));
  }
  if (idle) oldest_since_ = RealClock().Now();
}

// Of the oldest request in the pipe.
void VerifierWorker::AwaitAnswer() {
  if (!process_) {
    Fail(Judgement::Outcome::kCrashed, "the verifier cannot be started");
    return;
  }
  const absl::StatusOr<std::string> line = process_->Receive(oldest_since_ + options_.timeout, stop_.get());
  if (line.ok()) {
    Finish(*line);
  } else if (absl::IsDeadlineExceeded(line.status())) {
    Fail(Judgement::Outcome::kTimeout, Concat("no verdict within ", absl::FormatDuration(options_.timeout)));
  } else if (!absl::IsCancelled(line.status())) {
    Fail(Judgement::Outcome::kCrashed, Concat("the verifier failed: ", std::string(line.status().message())));
  }
}

void VerifierWorker::Finish(const std::string& line) {
  absl::StatusOr<VerdictReply> reply = ParseReply(line);
  if (!reply.ok() || reply->id != in_flight_.front().id) {
    Fail(Judgement::Outcome::kCrashed, "the verifier answered nonsense");
    return;
  }
  const PendingVerdict pending = std::move(in_flight_.front());
  in_flight_.pop_front();
  oldest_since_ = RealClock().Now();
  const bool judged = reply->error.empty();
  Judgement verdict{judged ? Judgement::Outcome::kOk : Judgement::Outcome::kCrashed, reply->reward,
                    std::move(reply->parts), std::move(reply->error), pending.attempts + 1};
  counters_->Count(verdict.outcome);
  pending.done(std::move(verdict));
}

// Charges the oldest request, hands the others back, and replaces the process.
void VerifierWorker::Fail(Judgement::Outcome outcome, std::string detail) {
  process_.reset();
  ++counters_->restarts;
  PendingVerdict oldest = std::move(in_flight_.front());
  in_flight_.pop_front();
  queue_->ReturnToFront(std::exchange(in_flight_, {}));
  ++oldest.attempts;
  if (oldest.attempts <= options_.retries) {
    queue_->ReturnToEnd(std::move(oldest));
  } else {
    counters_->Count(outcome);
    oldest.done(Judgement{outcome, 0, {}, std::move(detail), oldest.attempts});
  }
  if (!StartProcess().ok()) {
    pollfd stop{stop_.get(), POLLIN, 0};
    poll(&stop, 1, kRestartPauseMilliseconds);
  }
}

}  // namespace rubato
