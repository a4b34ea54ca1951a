#include "rollout/lease_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LeaseBook, FreesCapacityWhenASampleIsGeneratedButRenewsUntilItIsSettled) {
  LeaseBook book;
  book.Granted(7, 2);
  book.Granted(3, 1);
  EXPECT_EQ(book.to_generate(), 3u);
  book.Generated(7);
  book.Generated(7);
  EXPECT_EQ(book.to_generate(), 1u);
  EXPECT_EQ(book.unsettled(), 3u);
  EXPECT_THAT(book.Held(), ElementsAre(3, 7));
  book.Settled(7);
  EXPECT_THAT(book.Held(), ElementsAre(3, 7));
  book.Settled(7);
  EXPECT_THAT(book.Held(), ElementsAre(3));
}

TEST(LeaseBook, IgnoresALeaseItDoesNotHold) {
  LeaseBook book;
  book.Generated(1);
  book.Settled(1);
  EXPECT_THAT(book.Held(), IsEmpty());
}

}  // namespace
}  // namespace rubato
