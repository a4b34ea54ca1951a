#include "common/backoff.h"

#include <gtest/gtest.h>

namespace rubato {
namespace {

TEST(Backoff, DoublesUpToTheMostWithinTheUpperHalf) {
  Backoff backoff({.first = absl::Milliseconds(100), .most = absl::Seconds(2)}, 1);
  for (int full : {100, 200, 400, 800, 1600, 2000, 2000, 2000}) {
    const absl::Duration wait = backoff.Next();
    EXPECT_GE(wait, absl::Milliseconds(full) / 2);
    EXPECT_LE(wait, absl::Milliseconds(full));
  }
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff({}, 1);
  for (int i = 0; i < 5; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(100));
}

TEST(Backoff, DiffersBetweenClients) { EXPECT_NE(Backoff({}, 1).Next(), Backoff({}, 2).Next()); }

}  // namespace
}  // namespace rubato
