// The learner's side of the conversation in proto/learner.proto, without gRPC in sight.
//
// Every call has a deadline, is repeated with back-off while the hub is UNAVAILABLE, for at most
// `give_up_after`, and says hello again when the hub answers UNAUTHENTICATED (it was restarted).  Fencing,
// rank and instance are filled in here.
//
// Errors: UNAVAILABLE, naming hub, call and how long was waited; ABORTED: another generation or epoch, begin
// anew; FAILED_PRECONDITION and DATA_LOSS as the hub worded them.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/learner.pb.h"

namespace rubato {

struct HubClientOptions {
  std::string hub_address;
  int rank = 0;
  int world = 1;
  std::string model_config_digest;  // 32 bytes
  std::string tokenizer_digest;     // 32 bytes
  std::string metrics_address;
  absl::Duration give_up_after = absl::Seconds(120);
  absl::Duration poll = absl::Seconds(2);  // how long the hub may hold a call that waits
};

class HubClient {
 public:
  // Makes no connection yet.
  static absl::StatusOr<std::unique_ptr<HubClient>> Create(const HubClientOptions& options);
  virtual ~HubClient() = default;

  // First of all calls.  The run's configuration and its digest.
  virtual absl::StatusOr<HelloReply> Hello() = 0;

  // Waits until the roster is full; from then on calls carry the generation.  CANCELLED: it will never be, as
  // the run is over and the other ranks have left.
  virtual absl::StatusOr<JoinReply> Join() = 0;

  // Rank 0 publishes; the others wait for it, at most `timeout` (UNAVAILABLE).
  virtual absl::Status PublishRendezvous(const std::string& address) = 0;
  virtual absl::StatusOr<std::string> GetRendezvous(absl::Duration timeout) = 0;

  virtual absl::Status OfferWeights(const WeightManifest& manifest, const std::string& address) = 0;

  // One poll: WAITING comes back as such, so that the caller can show life and who waits for what.
  virtual absl::StatusOr<GetBatchReply> GetBatch(uint64_t step) = 0;

  // The fencing of `request` is ignored.
  virtual absl::StatusOr<CommitStepReply> CommitStep(CommitStepRequest request) = 0;

  virtual absl::StatusOr<ReportCheckpointReply> ReportCheckpoint(const CheckpointRef& checkpoint) = 0;

  // True once all steps and evaluations are done, or the run winds down: until then weights are served.
  virtual absl::StatusOr<bool> RunIsOver() = 0;
};

}  // namespace rubato
