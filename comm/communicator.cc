#include "comm/communicator.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comm/backend.h"
#include "common/address.h"
#include "common/exit_code.h"
#include "common/status.h"

namespace rubato {
namespace {

// LibTorch's text without the stack that follows it.
std::string Reason(std::string_view what) {
  return std::string(what.substr(0, what.find("\nException raised from")));
}

absl::Status CommError(const CommOptions& options, const std::string& call, std::string_view what) {
  return WithExitCode(absl::UnavailableError(absl::StrCat(
                          call, ": rank ", options.rank, " of ", options.world, " lost the others (timeout ",
                          absl::FormatDuration(options.timeout), "): ", Reason(what))),
                      ExitCode::kTryAgain);
}

c10::intrusive_ptr<c10d::Store> ConnectStore(const CommOptions& options, const Address& address) {
  c10d::TCPStoreOptions store;
  store.port = address.port;
  store.waitWorkers = false;
  store.timeout = absl::ToChronoMilliseconds(options.timeout);
  return c10::make_intrusive<c10d::PrefixStore>(options.prefix,
                                                c10::make_intrusive<c10d::TCPStore>(address.host, store));
}

// Waits for `work`, throwing when it failed or took longer than `timeout`.  NCCL's own wait only orders
// streams.
void Wait(const c10::intrusive_ptr<c10d::Work>& work, CommBackend backend, absl::Duration timeout) {
  if (backend == CommBackend::kGloo) {
    work->wait(absl::ToChronoMilliseconds(timeout));
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(timeout);
  while (!work->isCompleted()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("timed out");
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  work->wait();
}

}  // namespace

struct Communicator::Group {
  Backend backend;
  CommBackend kind;
  absl::Duration timeout;

  // Runs `start` on a tensor of the group's device that begins as `values` and is copied back to them.
  template <typename T, typename Start>
  void OnDevice(std::span<T> values, const Start& start) {
    at::Tensor host = at::from_blob(values.data(), {static_cast<int64_t>(values.size())},
                                    c10::CppTypeToScalarType<T>::value);
    std::vector<at::Tensor> tensors = {host.to(backend.device)};
    Wait(start(tensors), kind, timeout);
    if (!tensors[0].is_same(host)) host.copy_(tensors[0]);
  }

  template <typename T>
  void AllReduce(std::span<T> values, c10d::ReduceOp::RedOpType operation) {
    c10d::AllreduceOptions options;
    options.reduceOp = operation;
    OnDevice(values,
             [&](std::vector<at::Tensor>& tensors) { return backend.group->allreduce(tensors, options); });
  }
};

absl::StatusOr<std::unique_ptr<Communicator>> Communicator::Connect(const CommOptions& options) {
  if (options.world == 1) return std::unique_ptr<Communicator>(new Communicator(options, nullptr));
#ifndef USE_C10D_NCCL
  if (options.backend == CommBackend::kNccl) {
    return absl::UnimplementedError("NCCL is not in this build; build with --config=cuda");
  }
#endif
  ASSIGN_OR_RETURN(const Address address, ParseAddress(options.store_address));
  try {
    const c10::intrusive_ptr<c10d::Store> store = ConnectStore(options, address);
#ifdef USE_C10D_NCCL
    const auto make = options.backend == CommBackend::kNccl ? MakeNcclBackend : MakeGlooBackend;
#else
    const auto make = MakeGlooBackend;
#endif
    auto group = std::make_unique<Group>(Group{make(store, options), options.backend, options.timeout});
    return std::unique_ptr<Communicator>(new Communicator(options, std::move(group)));
  } catch (const std::exception& error) {
    return CommError(options, absl::StrCat("forming the group at ", options.store_address), error.what());
  }
}

Communicator::Communicator(const CommOptions& options, std::unique_ptr<Group> group)
    : options_(options), group_(std::move(group)) {}

Communicator::~Communicator() = default;

absl::Status Communicator::Guard(const std::string& call, const std::function<void()>& operation) {
  if (group_ == nullptr) return absl::OkStatus();
  try {
    operation();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return CommError(options_, call, error.what());
  }
}

absl::Status Communicator::AllReduceSum(std::span<float> values, const std::string& call) {
  return Guard(call, [&] { group_->AllReduce(values, c10d::ReduceOp::SUM); });
}

absl::Status Communicator::AllReduceSum(std::span<double> values, const std::string& call) {
  return Guard(call, [&] { group_->AllReduce(values, c10d::ReduceOp::SUM); });
}

absl::Status Communicator::AllReduceMax(std::span<double> values, const std::string& call) {
  return Guard(call, [&] { group_->AllReduce(values, c10d::ReduceOp::MAX); });
}

absl::StatusOr<int64_t> Communicator::AllReduceMin(int64_t value, const std::string& call) {
  RETURN_IF_ERROR(Guard(call, [&] { group_->AllReduce(std::span(&value, 1), c10d::ReduceOp::MIN); }));
  return value;
}

absl::Status Communicator::Broadcast(std::span<uint8_t> bytes, int root, const std::string& call) {
  return Guard(call, [&] {
    c10d::BroadcastOptions options;
    options.rootRank = root;
    group_->OnDevice(bytes, [&](std::vector<at::Tensor>& tensors) {
      return group_->backend.group->broadcast(tensors, options);
    });
  });
}

absl::StatusOr<bool> Communicator::AllEqual(std::span<const uint8_t> bytes, const std::string& call) {
  std::vector<uint8_t> first(bytes.begin(), bytes.end());
  RETURN_IF_ERROR(Broadcast(std::span<uint8_t>(first), 0, call));
  ASSIGN_OR_RETURN(const int64_t equal, AllReduceMin(std::ranges::equal(first, bytes) ? 1 : 0, call));
  return equal == 1;
}

absl::Status Communicator::Barrier(const std::string& call) { return AllReduceMin(0, call).status(); }

}  // namespace rubato
