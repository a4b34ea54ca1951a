#include "tasks/verifier_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using Outcome = Judgement::Outcome;

constexpr char kRow[] = R"({"nums":[19,12,9],"target":22})";
// The runtime of a sanitizer fits into no limit.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kLimitResources = false;
#else
constexpr bool kLimitResources = true;
#endif
constexpr char kRude[] = "tests/tasks/rude_verifier";

std::unique_ptr<VerifierPool> Start(VerifierPoolOptions options) {
  auto pool = VerifierPool::Start(options);
  EXPECT_TRUE(pool.ok()) << pool.status();
  return *std::move(pool);
}

// One impatient process.
VerifierPoolOptions Rude() {
  VerifierPoolOptions options;
  options.program = kRude;
  options.limit_resources = kLimitResources;
  options.timeout = absl::Milliseconds(300);
  options.retries = 0;
  return options;
}

VerifierPoolOptions Polite() {
  VerifierPoolOptions options;
  options.program = "tasks/rubato-verify";
  options.limit_resources = kLimitResources;
  options.processes = 2;
  return options;
}

TEST(VerifierPool, JudgesThroughRubatoVerify) {
  const auto pool = Start(Polite());
  const Judgement right = pool->Judge(kRow, "#(19+12)-9$");
  EXPECT_EQ(right.outcome, Outcome::kOk) << right.detail;
  EXPECT_EQ(right.reward, 1);
  ASSERT_EQ(right.parts.size(), 1u);
  EXPECT_EQ(right.parts[0].name, "correct");
  EXPECT_EQ(right.attempts, 1);
  const Judgement wrong = pool->Judge(kRow, "#19+12+9$");
  EXPECT_EQ(wrong.outcome, Outcome::kOk) << wrong.detail;
  EXPECT_EQ(wrong.reward, 0);
}

TEST(VerifierPool, GivesEachOfManyOutstandingRequestsItsOwnVerdict) {
  const auto pool = Start(Polite());
  constexpr int kThreads = 4, kEach = 2000;
  std::atomic<int> right = 0, wrong = 0;
  std::promise<void> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const bool solve = (t + i) % 3 == 0;
        pool->Submit(kRow, solve ? "#19+12-9$" : "#19-12+9$", [&, solve](Judgement judgement) {
          const bool as_expected = judgement.outcome == Outcome::kOk && judgement.reward == (solve ? 1 : 0);
          if ((as_expected ? ++right : ++wrong), right + wrong == kThreads * kEach) all.set_value();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all.get_future().wait();
  EXPECT_EQ(right, kThreads * kEach);
  EXPECT_EQ(pool->counts().ok, uint64_t{kThreads * kEach});
  EXPECT_EQ(pool->counts().waiting, 0u);
  EXPECT_EQ(pool->counts().restarts, 0u);
}

TEST(VerifierPool, CarriesTextThatWouldBreakALine) {
  const auto pool = Start(Polite());
  EXPECT_EQ(pool->Judge(kRow, "a\nb\0\xFF\"}#(19+12)-9$").outcome, Outcome::kOk);
  EXPECT_EQ(pool->Judge(kRow, std::string(1 << 20, '\n') + "#(19+12)-9$").reward, 1);
}

TEST(VerifierPool, ARowThatCannotBeJudgedIsNotTriedAgain) {
  const auto pool = Start(Polite());
  const Judgement judgement = pool->Judge(R"({"target":22})", "#1$");
  EXPECT_EQ(judgement.outcome, Outcome::kCrashed);
  EXPECT_THAT(judgement.detail, HasSubstr("nums"));
  EXPECT_EQ(judgement.attempts, 1);
  EXPECT_EQ(pool->counts().restarts, 0u);
}

TEST(VerifierPool, ARowThatIsNoJsonIsRefusedAtOnce) {
  const auto pool = Start(Polite());
  const Judgement judgement = pool->Judge("{", "#1$");
  EXPECT_EQ(judgement.outcome, Outcome::kCrashed);
  EXPECT_EQ(judgement.attempts, 0);
  EXPECT_EQ(pool->counts().crashed, 1u);
}

TEST(VerifierPool, SaysTimeoutWhenThereIsNoVerdictInTime) {
  const auto pool = Start(Rude());
  const Judgement judgement = pool->Judge(kRow, "hang");
  EXPECT_EQ(judgement.outcome, Outcome::kTimeout);
  EXPECT_THAT(judgement.detail, HasSubstr("300ms"));
  EXPECT_EQ(judgement.reward, 0);
  EXPECT_EQ(pool->Judge(kRow, "fine").outcome, Outcome::kOk) << "the process was replaced";
  EXPECT_EQ(pool->counts().timeout, 1u);
  EXPECT_EQ(pool->counts().restarts, 1u);
}

TEST(VerifierPool, SaysCrashedHoweverTheProcessFails) {
  VerifierPoolOptions options = Rude();
  options.timeout = absl::Seconds(30);
  const auto pool = Start(options);
  const std::pair<const char*, const char*> cases[] = {{"crash", "signal 6"},
                                                       {"exit", "exit code 3"},
                                                       {"flood", "more than 65536 bytes"},
                                                       {"nonsense", "answered nonsense"},
                                                       {"stranger", "answered nonsense"}};
  for (const auto& [response, detail] : cases) {
    const Judgement judgement = pool->Judge(kRow, response);
    EXPECT_EQ(judgement.outcome, Outcome::kCrashed) << response;
    EXPECT_THAT(judgement.detail, HasSubstr(detail)) << response;
    EXPECT_EQ(pool->Judge(kRow, "fine").outcome, Outcome::kOk) << "after " << response;
  }
}

TEST(VerifierPool, AProcessThatWantsTooMuchMemoryCrashes) {
  if (!kLimitResources) GTEST_SKIP() << "there are no limits under a sanitizer";
  const auto pool = Start(Rude());
  EXPECT_EQ(pool->Judge(kRow, "memory").outcome, Outcome::kCrashed);
  EXPECT_EQ(pool->Judge(kRow, "fine").outcome, Outcome::kOk);
}

TEST(VerifierPool, TriesAgainAsOftenAsItIsTold) {
  VerifierPoolOptions options = Rude();
  options.retries = 2;
  const auto pool = Start(options);
  const Judgement judgement = pool->Judge(kRow, "crash");
  EXPECT_EQ(judgement.outcome, Outcome::kCrashed);
  EXPECT_EQ(judgement.attempts, 3);
  EXPECT_EQ(pool->counts().restarts, 3u);
}

TEST(VerifierPool, ASecondAttemptMaySucceed) {
  VerifierPoolOptions options = Rude();
  options.retries = 1;
  options.timeout = absl::Seconds(30);
  const auto pool = Start(options);
  const Judgement judgement = pool->Judge(kRow, "crash unless " + ::testing::TempDir() + "/crashed_once");
  EXPECT_EQ(judgement.outcome, Outcome::kOk) << judgement.detail;
  EXPECT_EQ(judgement.attempts, 2);
}

TEST(VerifierPool, AFailureIsNotChargedToThoseBehindIt) {
  const auto pool = Start(Rude());
  std::promise<Judgement> bad;
  std::atomic<int> good = 0;
  std::promise<void> all;
  pool->Submit(kRow, "hang", [&](Judgement judgement) { bad.set_value(std::move(judgement)); });
  for (int i = 0; i < 50; ++i) {
    pool->Submit(kRow, "fine", [&](Judgement judgement) {
      EXPECT_EQ(judgement.outcome, Outcome::kOk) << judgement.detail;
      EXPECT_EQ(judgement.attempts, 1);
      if (++good == 50) all.set_value();
    });
  }
  EXPECT_EQ(bad.get_future().get().outcome, Outcome::kTimeout);
  all.get_future().wait();
  EXPECT_EQ(pool->counts().restarts, 1u);
}

TEST(VerifierPool, KillsTheWholeProcessGroup) {
  const std::string fifo = ::testing::TempDir() + "/held";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const auto pool = Start(Rude());
  std::promise<Judgement> judgement;
  pool->Submit(kRow, "fork " + fifo, [&](Judgement j) { judgement.set_value(std::move(j)); });
  const int held = open(fifo.c_str(), O_RDONLY);  // returns once the grandchild has opened it
  ASSERT_GE(held, 0);
  EXPECT_EQ(judgement.get_future().get().outcome, Outcome::kTimeout);
  pollfd hang_up{held, POLLIN, 0};
  EXPECT_EQ(poll(&hang_up, 1, 20'000), 1) << "the grandchild still holds the pipe";
  EXPECT_NE(hang_up.revents & POLLHUP, 0);
  close(held);
}

TEST(VerifierPool, AnswersWhatIsOutstandingWhenItEnds) {
  VerifierPoolOptions options = Rude();
  options.timeout = absl::Seconds(600);
  auto pool = Start(options);
  std::atomic<int> crashed = 0;
  for (int i = 0; i < 200; ++i) {
    pool->Submit(kRow, "hang", [&](Judgement judgement) {
      EXPECT_THAT(judgement.detail, HasSubstr("stopped"));
      crashed += judgement.outcome == Outcome::kCrashed;
    });
  }
  pool.reset();
  EXPECT_EQ(crashed, 200);
}

TEST(VerifierPool, AMissingProgramIsNotFound) {
  VerifierPoolOptions options = Rude();
  options.program = "tasks/nowhere";
  const absl::Status status = VerifierPool::Start(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tasks/nowhere"));
}

TEST(VerifierPool, NamesTheOptionThatIsWrong) {
  VerifierPoolOptions options = Polite();
  options.processes = 0;
  EXPECT_THAT(std::string(VerifierPool::Start(options).status().message()), HasSubstr("processes is 0"));
  options = Polite();
  options.timeout = absl::ZeroDuration();
  EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("timeout in seconds is 0"));
  options = Polite();
  options.verifier = "chess";
  EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("chess"));
}

}  // namespace
}  // namespace rubato
