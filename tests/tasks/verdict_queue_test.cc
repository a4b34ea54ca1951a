#include "tasks/verdict_queue.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Push(VerdictQueue* queue, uint64_t id) {
  PendingVerdict pending;
  pending.id = id;
  return queue->Push(&pending);
}

std::vector<uint64_t> Ids(const std::deque<PendingVerdict>& pending) {
  std::vector<uint64_t> ids;
  for (const PendingVerdict& p : pending) ids.push_back(p.id);
  return ids;
}

TEST(VerdictQueue, GivesInOrderAtMostWhatIsWanted) {
  VerdictQueue queue(10);
  for (const uint64_t id : {1, 2, 3}) ASSERT_TRUE(Push(&queue, id));
  EXPECT_THAT(Ids(queue.Take(2, /*wait=*/true)), ElementsAre(1, 2));
  EXPECT_THAT(Ids(queue.Take(2, /*wait=*/true)), ElementsAre(3));
  EXPECT_THAT(Ids(queue.Take(2, /*wait=*/false)), IsEmpty());
}

TEST(VerdictQueue, TakesBackAtTheFrontAndAtTheEnd) {
  VerdictQueue queue(3);
  for (const uint64_t id : {1, 2, 3}) ASSERT_TRUE(Push(&queue, id));
  std::deque<PendingVerdict> taken = queue.Take(3, /*wait=*/true);
  ASSERT_TRUE(Push(&queue, 4));
  queue.ReturnToEnd(std::move(taken.front()));
  taken.pop_front();
  queue.ReturnToFront(std::move(taken));
  EXPECT_THAT(Ids(queue.Take(9, /*wait=*/true)), ElementsAre(2, 3, 4, 1));
}

TEST(VerdictQueue, BlocksWhileItIsFull) {
  VerdictQueue queue(1);
  ASSERT_TRUE(Push(&queue, 1));
  std::thread pusher([&] { EXPECT_TRUE(Push(&queue, 2)); });
  EXPECT_THAT(Ids(queue.Take(1, /*wait=*/true)), ElementsAre(1));
  EXPECT_THAT(Ids(queue.Take(1, /*wait=*/true)), ElementsAre(2));
  pusher.join();
}

TEST(VerdictQueue, ClosingSetsEverybodyFree) {
  VerdictQueue full(1), empty(1);
  ASSERT_TRUE(Push(&full, 1));
  std::thread pusher([&] { EXPECT_FALSE(Push(&full, 2)); });
  std::thread taker([&] { EXPECT_THAT(Ids(empty.Take(1, /*wait=*/true)), IsEmpty()); });
  full.Close();
  empty.Close();
  pusher.join();
  taker.join();
  EXPECT_THAT(Ids(full.Take(1, /*wait=*/false)), IsEmpty());
  EXPECT_THAT(Ids(full.TakeAll()), ElementsAre(1));
}

}  // namespace
}  // namespace rubato
