// The copies of history and metrics that people read, whatever a crash left of them.

#include "credit/hub_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/file.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"
#include "tests/integration/history_checker.h"

namespace rubato {
namespace {

class Files : public testing::Test {
 protected:
  Files()
      : hub_(TinyInputs()),
        worker_(&hub_, &hub_.inputs, "worker-0", 10),
        learner_(&hub_, &hub_.inputs, 1, 20) {
    EXPECT_TRUE(hub_.Start().ok());
    for (int round = 0; round < 3; ++round) {
      EXPECT_TRUE(worker_.Work(6).ok());
      EXPECT_TRUE(learner_.Work().ok());
    }
    history_ = hub_.run_directory + "/ledger/history.jsonl";
    hub_.Stop();
    whole_ = *ReadFile(history_);
  }

  // The history as it was before the crash, and one more event: the new start.
  void ExpectWholeAfterRestart() {
    ASSERT_TRUE(hub_.Start().ok());
    const std::string now = *ReadFile(history_);
    EXPECT_EQ(now.substr(0, whole_.size()), whole_);
    EXPECT_EQ(CheckHistory(hub_.History()), "");
  }

  HubInProcess hub_;
  FakeWorker worker_;
  FakeLearner learner_;
  std::string history_, whole_;
};

TEST_F(Files, CutOffATornLine) {
  for (const size_t left : {whole_.size() - 1, whole_.size() - 20, whole_.size() / 2, size_t{5}, size_t{0}}) {
    SCOPED_TRACE(left);
    hub_.Stop();
    std::filesystem::resize_file(history_, left);
    ExpectWholeAfterRestart();
  }
}

TEST_F(Files, AreWrittenAnewWhenTheyAreGone) {
  std::filesystem::remove(history_);
  const std::string metrics = hub_.Metrics();
  std::filesystem::remove(hub_.run_directory + "/metrics.jsonl");
  ExpectWholeAfterRestart();
  EXPECT_EQ(hub_.Metrics(), metrics);
}

TEST_F(Files, AreWrittenAnewWhenTheyAreNotTheLedgers) {
  std::ofstream(history_, std::ios::app) << R"({"event":"hub","seq":100000})"
                                         << "\n";
  ExpectWholeAfterRestart();
  hub_.Stop();
  std::ofstream(history_) << "not JSON\n";
  ExpectWholeAfterRestart();
}

}  // namespace
}  // namespace rubato
