#include "common/append_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/exit_code.h"
#include "common/file.h"

namespace rubato {
namespace {

std::string Fresh(const std::string& name) {
  const std::string path = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(path);
  return path;
}

TEST(AppendFile, GoesOnWhereItEnded) {
  const std::string path = Fresh("append");
  {
    auto file = AppendFile::Open(path);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->size(), 0u);
    ASSERT_TRUE(file->Append("abc").ok());
    ASSERT_TRUE(file->Sync().ok());
  }
  auto file = AppendFile::Open(path);
  EXPECT_EQ(file->size(), 3u);
  ASSERT_TRUE(file->Append("de").ok());
  EXPECT_EQ(file->size(), 5u);
  EXPECT_EQ(*ReadFile(path), "abcde");
}

TEST(AppendFile, LosesItsTailAndGoesOn) {
  const std::string path = Fresh("truncate");
  auto file = AppendFile::Open(path);
  ASSERT_TRUE(file->Append("abcdef").ok());
  ASSERT_TRUE(file->Truncate(2).ok());
  ASSERT_TRUE(file->Append("x").ok());
  EXPECT_EQ(*ReadFile(path), "abx");
  EXPECT_EQ(file->Truncate(4).code(), absl::StatusCode::kInternal);
}

TEST(AppendFile, SaysWhichDiskIsFull) {
  auto file = AppendFile::Open("/dev/full");
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::Status status = file->Append("x");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "cannot write /dev/full: No space left on device");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo);
}

TEST(AppendFile, NamesTheFileItCannotOpen) {
  EXPECT_EQ(AppendFile::Open("/nonexistent/f").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rubato
