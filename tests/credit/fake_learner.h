// A learner of several ranks whose weights are a digest: version k+1 is the SHA-256 of version k and the
// batch of k. So a run that trains the same batches in the same order ends with the same weights, and no
// other does.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "credit/hub_inputs.h"
#include "tests/credit/hub_conversation.h"

namespace rubato {

class FakeLearner {
 public:
  // `first_pid`: rank r is process first_pid + r.
  FakeLearner(HubConversation* hub, const HubInputs* inputs, uint32_t world, int first_pid);

  // One round: joins if it has to, asks for a batch and trains it if it is there; checkpoints after every
  // commit.
  absl::Status Work();

  // All ranks died and were started anew: only what is in checkpoints is left.
  void BeBornAgain(int first_pid);
  // Makes other weights from now on than before: another machine.
  void set_salt(const std::string& salt) { salt_ = salt; }
  // Deletes every checkpoint.
  void LoseCheckpoints() { checkpoints_.clear(); }

  // Parts of a round.
  absl::Status Hello(uint32_t rank);
  absl::Status Join();
  absl::Status Offer(uint64_t step, const std::string& digest);
  absl::StatusOr<GetBatchReply> GetBatch(uint32_t rank, uint64_t step);
  absl::StatusOr<CommitStepReply> Commit(const GetBatchReply& batch, const std::string& digest);
  std::string After(const GetBatchReply& batch) const;

  bool finished() const { return finished_; }
  bool draining() const { return draining_; }
  uint64_t step() const { return step_; }
  const std::string& digest() const { return digest_; }
  uint64_t generation() const { return generation_; }
  uint32_t lineage() const { return lineage_; }
  Fencing fencing(uint32_t rank) const;
  uint64_t replayed() const { return replayed_; }
  // Shares that did not add up to their batch, or differed when asked for twice.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  struct Saved {
    uint64_t step;
    std::string digest;
  };
  absl::Status Train(const GetBatchReply& first_share);
  absl::Status CheckShares(const GetBatchReply& first_share);
  absl::Status Save();

  HubConversation& hub_;
  const HubInputs& inputs_;
  const uint32_t world_;
  int first_pid_;
  int births_ = 0;
  std::string salt_;
  std::vector<Fencing> fencing_;  // by rank
  uint64_t generation_ = 0;       // 0: not joined
  uint64_t offer_from_ = 0;
  uint64_t step_ = 0;
  uint32_t lineage_ = 0;
  std::string digest_;
  std::map<std::string, Saved> checkpoints_;  // by path
  bool finished_ = false;
  bool draining_ = false;
  uint64_t replayed_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace rubato
