// The collective operations of a group of learner ranks: the only speaker of c10d.
//
// A group is `world` processes.  Rank 0 opens a TCP store on a free port and tells the others its address by
// some other way (the hub); then every rank calls Connect.  A group that failed once is never repaired: every
// call after an error, and every call of a rank whose peer died, fails too, and the process begins anew.
//
// Results are the same bits on every rank.  For a fixed world they are the same bits in every run.
//
// Errors of every call: UNAVAILABLE, naming call, rank, world and timeout, with c10d's text.  LibTorch's
// exceptions end here.
//
// Threading: one thread at a time; calls block, at most for the timeout.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rubato {

// The meeting point of one group, opened by its rank 0 and open as long as the object lives.
class RendezvousStore {
 public:
  // Listens on a free port of `host`.
  static absl::StatusOr<std::unique_ptr<RendezvousStore>> Open(const std::string& host,
                                                               absl::Duration timeout);
  ~RendezvousStore();

  // "host:port", for Communicator::Connect.
  const std::string& address() const { return address_; }

 private:
  struct Store;
  RendezvousStore(std::unique_ptr<Store> store, std::string address);

  std::unique_ptr<Store> store_;
  std::string address_;
};

// What carries the data: Gloo moves host memory, NCCL device memory.
enum class CommBackend { kGloo, kNccl };

struct CommOptions {
  std::string store_address;  // "host:port"
  // Prefix of all keys in the store, so that a store may outlive a group: the learner generation.
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

  // values[i] becomes the sum over ranks of values[i].  `call` names the operation in errors.
  absl::Status AllReduceSum(std::span<float> values, const std::string& call);
  absl::Status AllReduceSum(std::span<double> values, const std::string& call);
  absl::Status AllReduceMax(std::span<double> values, const std::string& call);

  // The smallest value of any rank.  Agreement on a flag goes through this: a MIN of integers can lose no
  // NaN.
  absl::StatusOr<int64_t> AllReduceMin(int64_t value, const std::string& call);

  // `bytes` becomes rank `root`'s; its size must be the same on every rank.
  absl::Status Broadcast(std::span<uint8_t> bytes, int root, const std::string& call);

  // True on every rank iff `bytes` are the same on every rank; their size must be.
  absl::StatusOr<bool> AllEqual(std::span<const uint8_t> bytes, const std::string& call);

  // Returns when every rank has called it.
  absl::Status Barrier(const std::string& call);

 private:
  struct Group;
  Communicator(const CommOptions& options, std::unique_ptr<Group> group);

  CommOptions options_;
  std::unique_ptr<Group> group_;  // null in a world of 1
};

}  // namespace rubato
