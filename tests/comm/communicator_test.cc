#include "comm/communicator.h"

#include <cmath>
#include <thread>
#include <vector>

#include "comm/rendezvous_store.h"
#include "common/exit_code.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

// Runs `body` as every rank of a group, each in a thread of its own.
template <typename Body>
void RunRanks(int world, absl::Duration timeout, const Body& body) {
  auto store = RendezvousStore::Open("127.0.0.1", timeout);
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<std::jthread> ranks;
  for (int rank = 0; rank < world; ++rank) {
    ranks.emplace_back([&, rank] {
      CommOptions options;
      options.store_address = (*store)->address();
      options.prefix = "generation-1";
      options.rank = rank;
      options.world = world;
      options.timeout = timeout;
      auto comm = Communicator::Connect(options);
      ASSERT_TRUE(comm.ok()) << comm.status();
      body(**comm);
    });
  }
}

class Worlds : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Of, Worlds, testing::Values(1, 2, 3));

TEST_P(Worlds, SumOfFloatsIsTheSameOnEveryRank) {
  const int world = GetParam();
  std::vector<std::vector<float>> results(world, std::vector<float>(10001));
  RunRanks(world, absl::Seconds(20), [&](Communicator& comm) {
    std::vector<float>& values = results[comm.rank()];
    for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(1.0f + i * (comm.rank() + 1));
    EXPECT_TRUE(comm.AllReduceSum(std::span<float>(values), "sum").ok());
  });
  double expected = 0;
  for (int rank = 0; rank < world; ++rank) expected += std::sin(1.0 + 10000.0 * (rank + 1));
  EXPECT_NEAR(results[0][10000], expected, 1e-3);
  EXPECT_THAT(results, Each(results[0]));
}

TEST_P(Worlds, ReduceDoublesAndFlags) {
  const int world = GetParam();
  RunRanks(world, absl::Seconds(20), [&](Communicator& comm) {
    double sum[] = {1.0, 0.5 * comm.rank()};
    EXPECT_TRUE(comm.AllReduceSum(std::span<double>(sum), "sum").ok());
    EXPECT_THAT(sum, ElementsAre(world, 0.25 * world * (world - 1)));
    double max[] = {static_cast<double>(comm.rank())};
    EXPECT_TRUE(comm.AllReduceMax(std::span<double>(max), "max").ok());
    EXPECT_EQ(max[0], world - 1);
    const int64_t last_disagrees = comm.rank() == world - 1 ? 0 : 1;
    EXPECT_EQ(*comm.AllReduceMin(last_disagrees, "flag"), 0);
    EXPECT_TRUE(comm.Barrier("barrier").ok());
  });
}

TEST_P(Worlds, BroadcastTheRootsBytesAndCompareEveryones) {
  const int world = GetParam();
  RunRanks(world, absl::Seconds(20), [&](Communicator& comm) {
    std::vector<uint8_t> bytes(33, static_cast<uint8_t>(comm.rank()));
    EXPECT_EQ(*comm.AllEqual(bytes, "compare"), world == 1);
    EXPECT_TRUE(comm.Broadcast(std::span<uint8_t>(bytes), world - 1, "broadcast").ok());
    EXPECT_THAT(bytes, Each(world - 1));
    EXPECT_TRUE(*comm.AllEqual(bytes, "compare"));
  });
}

TEST(Communicator, SaysWhatItWaitedForWhenAPeerIsGone) {
  RunRanks(2, absl::Seconds(5), [](Communicator& comm) {
    if (comm.rank() == 1) return;  // leaves the group
    const absl::Status status = comm.Barrier("all-reduce of gradients, step 7");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr("all-reduce of gradients, step 7: rank 0 of 2"));
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kTryAgain);
  });
}

TEST(Communicator, GivesUpWhenTheRosterDoesNotFill) {
  auto store = RendezvousStore::Open("127.0.0.1", absl::Milliseconds(300));
  ASSERT_TRUE(store.ok()) << store.status();
  CommOptions options;
  options.store_address = (*store)->address();
  options.world = 2;
  options.timeout = absl::Milliseconds(300);
  const auto comm = Communicator::Connect(options);
  EXPECT_EQ(comm.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ExitCodeFor(comm.status()), ExitCode::kTryAgain);
}

#ifndef USE_C10D_NCCL
TEST(Communicator, RefusesNcclInABuildWithoutCuda) {
  CommOptions options;
  options.world = 2;
  options.backend = CommBackend::kNccl;
  EXPECT_EQ(Communicator::Connect(options).status().code(), absl::StatusCode::kUnimplemented);
}
#endif

TEST(RendezvousStore, OpensOnTheGivenHostOnly) {
  const auto store = RendezvousStore::Open("127.0.0.1", absl::Seconds(5));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_THAT((*store)->address(), testing::StartsWith("127.0.0.1:"));
  EXPECT_EQ(RendezvousStore::Open("no-host", absl::Seconds(5)).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace rubato
