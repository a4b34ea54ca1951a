// The collective operations of a group of learner ranks: with comm/rendezvous_store, the only speaker of
// c10d.
//
// A group is `world` processes.  Rank 0 opens a RendezvousStore and tells the others its address by some
// other way (the hub); then every rank calls Connect.  A group that failed once is never repaired: the
// process ends, and is started anew.
//
// Results are the same bits on every rank.  For a fixed world they are the same bits in every run.
//
// Errors of every call: UNAVAILABLE with exit code 75, naming call, rank, world and timeout, with c10d's
// text. LibTorch's exceptions end here.
//
// Threading: one thread at a time; calls block, for about the timeout at most.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rubato {

// What carries the data: Gloo between CPUs, NCCL between GPUs.
enum class CommBackend { kGloo, kNccl };

struct CommOptions {
  std::string store_address;  // "host:port" of the RendezvousStore
  // Address of the interface that this rank's data comes and goes by.
  std::string host = "127.0.0.1";
  // Of all keys in the store, so that a store may outlive a group: the learner generation.
  std::string prefix;
  int rank = 0;
  int world = 1;
  // Of the store, of forming the group and of every operation.
  absl::Duration timeout = absl::Seconds(60);
  CommBackend backend = CommBackend::kGloo;
};

class Communicator {
 public:
  // Waits until all ranks of the group are there.  A world of 1 needs no store and no peer.
  // UNIMPLEMENTED: NCCL in a build without CUDA.
  static absl::StatusOr<std::unique_ptr<Communicator>> Connect(const CommOptions& options);
  ~Communicator();

  int rank() const { return options_.rank; }
  int world() const { return options_.world; }

  // In all of these `call` says in errors what was waited for: "all-reduce of gradients, step 7".

  // values[i] becomes the sum over ranks of values[i].
  absl::Status AllReduceSum(std::span<float> values, const std::string& call);
  absl::Status AllReduceSum(std::span<double> values, const std::string& call);
  absl::Status AllReduceMax(std::span<double> values, const std::string& call);

  // The smallest value of any rank.  Agreement on a flag goes through this: a MIN of integers can lose no
  // NaN.
  absl::StatusOr<int64_t> AllReduceMin(int64_t value, const std::string& call);

  // `bytes` becomes rank `root`'s; the size must be the same on every rank.
  absl::Status Broadcast(std::span<uint8_t> bytes, int root, const std::string& call);

  // True on every rank iff `bytes`, of one size everywhere, are the same on every rank.
  absl::StatusOr<bool> AllEqual(std::span<const uint8_t> bytes, const std::string& call);

  // Returns when every rank has called it.
  absl::Status Barrier(const std::string& call);

 private:
  struct Group;
  Communicator(const CommOptions& options, std::unique_ptr<Group> group);
  // Runs one operation of c10d and turns its exception into a status.
  absl::Status Guard(const std::string& call, const std::function<void()>& operation);

  CommOptions options_;
  std::unique_ptr<Group> group_;  // null in a world of 1
};

}  // namespace rubato
