#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/rollout.pb.h"

namespace rubato {

// A worker's side of the conversation in proto/rollout.proto, without gRPC in sight.
//
// Every call has a deadline, is repeated with back-off while the hub is UNAVAILABLE, for at most
// `give_up_after`, and says Hello again when the hub answers UNAUTHENTICATED (it was restarted).  Fencing,
// worker and instance are filled in here.
//
// Errors: UNAVAILABLE - names hub, call and how long was waited; ABORTED - another run epoch: exit and be
// started anew; FAILED_PRECONDITION - model, tokenizer or protocol do not fit the run; CANCELLED - Stop was
// called.
//
// Thread-safe: the leasing, renewing and submitting threads share one.
class RolloutClient {
 public:
  struct Options {
    std::string hub_address;
    std::string name;                 // "worker-0"
    std::string model_config_digest;  // 32 bytes
    std::string tokenizer_digest;     // 32 bytes
    std::string metrics_address;
    absl::Duration give_up_after = absl::Seconds(120);
  };

  // Makes no connection yet.
  static absl::StatusOr<std::unique_ptr<RolloutClient>> Create(const Options& options);
  virtual ~RolloutClient() = default;

  // First of all calls.  The run's configuration and its digest.
  virtual absl::StatusOr<HelloReply> Hello() = 0;

  // Up to `max_samples` samples of work; waits for it at most `poll`.
  virtual absl::StatusOr<LeaseReply> Lease(uint32_t max_samples, absl::Duration poll) = 0;

  virtual absl::StatusOr<RenewReply> Renew(const std::vector<uint64_t>& lease_ids,
                                           const WeightVersion& serving, uint64_t generated_tokens) = 0;

  // One outcome per sample, in order.
  virtual absl::StatusOr<SubmitReply> Submit(std::vector<Sample> samples) = 0;

  // One short attempt: a lease that is not released expires by itself.
  virtual absl::Status Release(const std::vector<uint64_t>& lease_ids) = 0;

  // Makes every call under way, and every later one but Release, end with CANCELLED.
  virtual void Stop() = 0;
};

}  // namespace rubato
