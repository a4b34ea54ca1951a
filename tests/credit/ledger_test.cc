#include "credit/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/exit_code.h"
#include "credit/ledger_lock.h"

namespace rubato {
namespace {

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    run_ = testing::TempDir() + "/ledger_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(run_);
    std::filesystem::create_directories(run_);
  }

  std::unique_ptr<Ledger> Open() {
    auto ledger = Ledger::Open(run_, 1 << 20);
    EXPECT_TRUE(ledger.ok()) << ledger.status();
    return ledger.ok() ? *std::move(ledger) : nullptr;
  }

  std::string run_;
};

SampleRow Sealed(uint64_t group, uint32_t index, const PayloadRef& payload) {
  SampleRow row;
  row.unit = UnitKey::Group(group);
  row.index = index;
  row.state = SampleState::kSealed;
  row.attempt = 2;
  row.lease_id = 9;
  row.digest = std::string("\0digest", 7);
  row.payload = payload;
  row.verified = true;
  row.reward = 0.25;
  row.tokens = 17;
  row.cut_short = true;
  row.measured = true;
  row.lineage = 1;
  row.oldest_step = 4;
  return row;
}

TEST_F(LedgerTest, KeepsWhatWasCommitted) {
  PayloadRef payload;
  {
    auto ledger = Open();
    payload = ledger->AppendPayload("tokens");
    ledger->Put(UnitRow{UnitKey::Group(3), UnitState::kComplete, "", payload});
    ledger->Put(Sealed(3, 1, payload));
    ledger->Put(LeaseRow{9, UnitKey::Group(3), 2, "worker-0", "abc", 0, 4, 5});
    ledger->Put(StepRow{0, 4, "digest", "summary", true, 2, "weights", "report", "record"});
    ledger->Put(VersionRow{0, 5, "weights", false, 2, {"127.0.0.1:1", "127.0.0.1:2"}});
    ledger->Put(CheckpointRow{0, 5, 2, "checkpoints/x", "manifest", false});
    ledger->PutFact("run_id", "r1");
    ledger->AppendHistory(1, "{}");
    ASSERT_TRUE(ledger->Commit().ok()) << ledger->status();
  }
  auto ledger = Open();
  const std::optional<SampleRow> sample = ledger->FindSample(UnitKey::Group(3), 1);
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->state, SampleState::kSealed);
  EXPECT_EQ(sample->digest, std::string("\0digest", 7));
  EXPECT_EQ(sample->reward, 0.25);
  EXPECT_EQ(sample->tokens, 17u);
  EXPECT_TRUE(sample->cut_short && sample->measured && sample->verified);
  EXPECT_EQ(sample->oldest_step, 4u);
  EXPECT_EQ(*ledger->ReadPayload(*sample->payload), "tokens");
  EXPECT_EQ(ledger->FindUnit(UnitKey::Group(3))->state, UnitState::kComplete);
  ASSERT_EQ(ledger->OpenLeases().size(), 1u);
  EXPECT_EQ(ledger->OpenLeases()[0].worker, "worker-0");
  EXPECT_EQ(ledger->NextLeaseId(), 10u);
  EXPECT_EQ(ledger->FindStep(0, 4)->weight_digest, "weights");
  EXPECT_EQ(ledger->Versions()[0].addresses, (std::vector<std::string>{"127.0.0.1:1", "127.0.0.1:2"}));
  EXPECT_EQ(ledger->Checkpoints()[0].path, "checkpoints/x");
  EXPECT_EQ(ledger->Fact("run_id"), "r1");
  EXPECT_EQ(ledger->Fact("other"), std::nullopt);
  EXPECT_EQ(ledger->LastGroup(), 3u);
}

TEST_F(LedgerTest, ForgetsWhatWasNotCommitted) {
  {
    auto ledger = Open();
    ledger->PutFact("a", "1");
    ASSERT_TRUE(ledger->Commit().ok());
    ledger->PutFact("a", "2");
    const PayloadRef payload = ledger->AppendPayload("lost");
    ledger->Put(Sealed(1, 0, payload));
  }
  auto ledger = Open();
  EXPECT_EQ(ledger->Fact("a"), "1");
  EXPECT_FALSE(ledger->FindSample(UnitKey::Group(1), 0).has_value());
  EXPECT_EQ(std::filesystem::file_size(run_ + "/ledger/segments/000001.seg"), 0u);
}

TEST_F(LedgerTest, ReadsItsOwnOpenTransaction) {
  auto ledger = Open();
  ledger->PutFact("a", "1");
  EXPECT_EQ(ledger->Fact("a"), "1");
}

TEST_F(LedgerTest, KeepsEvaluationsApartFromGroups) {
  auto ledger = Open();
  ledger->Put(UnitRow{UnitKey::Group(0), UnitState::kOpen, "", std::nullopt});
  ledger->Put(UnitRow{UnitKey::EvalRow(0, 0), UnitState::kOpen, "", std::nullopt});
  SampleRow row;
  row.unit = UnitKey::EvalRow(0, 0);
  ledger->Put(row);
  ledger->Put(EvaluationRow{0, 0, "digest", 1, 1, false, 0, 0, 0});
  EXPECT_EQ(ledger->CountSamples().size(), 0u) << "evaluations are in no training counter";
  EXPECT_EQ(ledger->EvalRows(0).size(), 1u);
  EXPECT_EQ(ledger->Groups(0, 10).size(), 1u);
  ledger->DeleteEvaluation(0);
  EXPECT_EQ(ledger->SamplesOf(UnitKey::EvalRow(0, 0)).size(), 0u);
  EXPECT_EQ(ledger->Groups(0, 10).size(), 1u);
}

TEST_F(LedgerTest, MarksTheSamplesOfAStep) {
  auto ledger = Open();
  const PayloadRef payload = ledger->AppendPayload("x");
  for (uint64_t group = 0; group < 4; ++group) ledger->Put(Sealed(group, 0, payload));
  SampleRow dropped = Sealed(1, 1, payload);
  dropped.state = SampleState::kDropped;
  dropped.reason = "zero_variance";
  ledger->Put(dropped);
  ledger->MarkSamples(0, 2, SampleState::kSealed, SampleState::kTrained);
  EXPECT_EQ(ledger->CountSamples(),
            (std::map<SampleState, uint64_t>{
                {SampleState::kSealed, 2}, {SampleState::kTrained, 2}, {SampleState::kDropped, 1}}));
  EXPECT_EQ(ledger->CountDropped(), (std::map<std::string, uint64_t>{{"zero_variance", 1}}));
}

TEST_F(LedgerTest, StopsWhenAnotherHubTookTheRunOver) {
  auto ledger = Open();
  ledger->TakeOwnership({1, 1, "up-1"});
  ASSERT_TRUE(ledger->Commit().ok());
  auto other = Open();
  other->TakeOwnership({2, 2, "up-2"});
  ASSERT_TRUE(other->Commit().ok());

  ledger->PutFact("late", "write");
  const absl::Status status = ledger->Commit();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
  EXPECT_EQ(other->Fact("late"), std::nullopt);
}

TEST_F(LedgerTest, RefusesAnotherSchema) {
  {
    auto db = LedgerDb::Open(run_ + "/x.sqlite", LedgerDb::Mode::kReadWrite);
    (*db)->RunScript("PRAGMA user_version = 99");
  }
  std::filesystem::create_directories(run_ + "/ledger");
  std::filesystem::rename(run_ + "/x.sqlite", run_ + "/ledger/ledger.sqlite");
  const auto ledger = Ledger::Open(run_, 1 << 20);
  EXPECT_EQ(ledger.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(ledger.status().message().find("version 99"), absl::string_view::npos) << ledger.status();
}

TEST_F(LedgerTest, NamesADamagedPayloadWhenItOpens) {
  PayloadRef payload;
  {
    auto ledger = Open();
    payload = ledger->AppendPayload("tokens");
    ledger->Put(Sealed(0, 0, payload));
    ASSERT_TRUE(ledger->Commit().ok());
  }
  std::filesystem::resize_file(run_ + "/ledger/segments/000001.seg", payload.end() - 3);
  const auto ledger = Ledger::Open(run_, 1 << 20);
  EXPECT_EQ(ledger.status().code(), absl::StatusCode::kDataLoss) << ledger.status();
}

TEST_F(LedgerTest, IsReadWhileItIsWritten) {
  auto ledger = Open();
  ledger->PutFact("a", "1");
  ASSERT_TRUE(ledger->Commit().ok());
  auto reader = Ledger::OpenReadOnly(run_);
  ASSERT_TRUE(reader.ok()) << reader.status();
  ledger->PutFact("a", "2");
  EXPECT_EQ((*reader)->Fact("a"), "1");
  ASSERT_TRUE(ledger->Commit().ok());
  EXPECT_EQ((*reader)->Fact("a"), "2");
  EXPECT_EQ(Ledger::OpenReadOnly(run_ + "/none").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(LedgerTest, LocksARunDirectoryForOneHub) {
  auto first = LedgerLock::Acquire(run_);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = LedgerLock::Acquire(run_);
  EXPECT_EQ(ExitCodeFor(second.status()), ExitCode::kUnavailable);
  EXPECT_NE(second.status().message().find("another hub (process "), absl::string_view::npos)
      << second.status();
  first = absl::UnknownError("let go");
  EXPECT_TRUE(LedgerLock::Acquire(run_).ok());
}

}  // namespace
}  // namespace rubato
