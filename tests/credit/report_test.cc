#include "credit/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "credit/report_puzzle.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Report : public testing::Test {
 protected:
  Report()
      : hub_(TinyInputs(nullptr, 12)),
        worker_(&hub_, &hub_.inputs, "worker-0", 10),
        learner_(&hub_, &hub_.inputs, 1, 20) {
    EXPECT_TRUE(hub_.Start().ok());
  }

  void Run(int rounds) {
    for (int round = 0; round < rounds && !hub_.Status()->finished(); ++round) {
      ASSERT_TRUE(worker_.Work(30).ok());
      ASSERT_TRUE(learner_.Work().ok());
    }
  }

  std::string Text() const {
    std::ostringstream out;
    const absl::Status status = WriteReport({hub_.run_directory, Color::kNo}, out);
    EXPECT_TRUE(status.ok()) << status;
    return out.str();
  }

  HubInProcess hub_;
  FakeWorker worker_;
  FakeLearner learner_;
};

TEST_F(Report, SumsUpARunBesideTheHubThatWritesIt) {
  Run(20);
  EXPECT_THAT(Text(), AllOf(HasSubstr("3 of 3 steps, credit coupled"), HasSubstr("(steps 0 and 2)"),
                            HasSubstr("12 samples of version 0, 12 of version 3"), HasSubstr("18 issued = "),
                            HasSubstr("answer before"), HasSubstr(hub_.run_directory)));
}

TEST_F(Report, ShowsARowThatWasWrongBeforeAndRightAfter) {
  Run(20);
  const auto ledger = Ledger::OpenReadOnly(hub_.run_directory);
  const auto puzzle = ChoosePuzzle(**ledger);
  ASSERT_TRUE(puzzle.ok() && puzzle->has_value());
  EXPECT_EQ((*puzzle)->before.verdict().reward(), 0);
  EXPECT_EQ((*puzzle)->after.verdict().reward(), 1);
  EXPECT_EQ((*puzzle)->before.key().eval().row(), (*puzzle)->after.key().eval().row());
}

TEST_F(Report, SaysWhatThereIsOfARunThatHasHardlyBegun) {
  EXPECT_THAT(Text(), AllOf(HasSubstr("0 of 3 steps"), HasSubstr("no step is committed yet"),
                            Not(HasSubstr("answer before"))));
}

TEST_F(Report, NamesADirectoryThatHoldsNoRun) {
  std::ostringstream out;
  const absl::Status status = WriteReport({"/nowhere", Color::kNo}, out);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere is not a run directory"));
}

}  // namespace
}  // namespace rubato
