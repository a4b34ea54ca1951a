#include "credit/checkpoint_list.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "common/exit_code.h"
#include "credit/ledger.h"

namespace rubato {
namespace {

TEST(CheckpointList, NamesThoseOfTheLedgerNewestFirstWithoutRetiredOnes) {
  const std::string run = testing::TempDir() + "/checkpoint_list_test";
  std::filesystem::remove_all(run);
  std::filesystem::create_directories(run);
  {
    const auto ledger = Ledger::Open(run, 1 << 20).value();
    ledger->Put(CheckpointRow{0, 10, 1, "checkpoints/step-10.gen-1", "\x01", true});
    ledger->Put(CheckpointRow{0, 20, 1, "checkpoints/step-20.gen-1", "\x02", false});
    ledger->Put(CheckpointRow{1, 30, 2, "checkpoints/step-30.gen-2", "\xff", false});
    ASSERT_EQ(ledger->Commit(), absl::OkStatus());
  }
  std::ostringstream out;
  ASSERT_EQ(WriteCheckpointList(run, out), absl::OkStatus());
  EXPECT_EQ(
      out.str(),
      "{\"generation\":2,\"lineage\":1,\"manifest_digest\":\"ff\",\"path\":\"checkpoints/step-30.gen-2\","
      "\"step\":30}\n"
      "{\"generation\":1,\"lineage\":0,\"manifest_digest\":\"02\",\"path\":\"checkpoints/step-20.gen-1\","
      "\"step\":20}\n");
}

TEST(CheckpointList, OfADirectoryWithoutALedgerEndsWith65) {
  std::ostringstream out;
  EXPECT_EQ(ExitCodeFor(WriteCheckpointList("/nonexistent", out)), ExitCode::kBadData);
}

}  // namespace
}  // namespace rubato
