#include "common/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "common/exit_code.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest()
      : directory_(fs::path(testing::TempDir()) /
                   testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  std::string Path(const std::string& name) const { return directory_ / name; }
  size_t Count() const { return std::distance(fs::directory_iterator(directory_), {}); }

  const fs::path directory_;
};

TEST_F(FileTest, ComesBackAsItWasWritten) {
  const std::string contents("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(Path("f"), contents).ok());
  EXPECT_EQ(*ReadFile(Path("f")), contents);
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "").ok());
  EXPECT_EQ(*ReadFile(Path("f")), "");
}

TEST_F(FileTest, IsReplacedWithoutALeftover) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "old").ok());
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "new").ok());
  EXPECT_EQ(*ReadFile(Path("f")), "new");
  EXPECT_EQ(Count(), 1u);
}

TEST_F(FileTest, IsEmptyWhenItIsANamedPipeThatNobodyWritesTo) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(*ReadFile(Path("pipe")), "");
}

TEST_F(FileTest, MayBeAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "text", 4), 4);
  close(ends[1]);
  EXPECT_EQ(*ReadFile("/proc/self/fd/" + std::to_string(ends[0])), "text");
  close(ends[0]);
}

TEST_F(FileTest, StaysAsItWasWhenWritingFails) {
  ASSERT_TRUE(CreateDirectories(Path("taken")).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("taken/inside"), "x").ok());
  const absl::Status status = WriteFileAtomically(Path("taken"), "y");  // a directory cannot be renamed over
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo);
  EXPECT_NE(status.message().find("taken"), absl::string_view::npos);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(FileTest, ThatIsMissingIsNotFoundAndNamed) {
  const absl::Status status = ReadFile(Path("gone")).status();
  EXPECT_EQ(status, absl::NotFoundError("cannot open " + Path("gone") + ": No such file or directory"));
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
}

TEST_F(FileTest, IsRefusedAboveTheLimit) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "12345").ok());
  EXPECT_TRUE(ReadFile(Path("f"), 5).ok());
  EXPECT_EQ(ReadFile(Path("f"), 4).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(FileTest, ThatIsADirectoryIsRefused) {
  EXPECT_EQ(ReadFile(directory_).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FileTest, ThatSaysItIsEmptyIsReadToItsEnd) { EXPECT_FALSE(ReadFile("/proc/self/status")->empty()); }

TEST_F(FileTest, DirectoriesAreCreatedWithTheirParents) {
  EXPECT_TRUE(CreateDirectories(Path("a/b/c")).ok());
  EXPECT_TRUE(CreateDirectories(Path("a/b/c")).ok());
  EXPECT_TRUE(fs::is_directory(Path("a/b/c")));
  ASSERT_TRUE(WriteFileAtomically(Path("file"), "").ok());
  const absl::Status status = CreateDirectories(Path("file"));
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo);
  EXPECT_EQ(ExitCodeFor(CreateDirectories(Path("file/below"))), ExitCode::kIo);
}

TEST_F(FileTest, FullDisksAreIoErrors) {
  const absl::Status status = FileError("write", "x", ENOSPC);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo);
  EXPECT_EQ(ExitCodeFor(FileError("open", "x", EACCES)), ExitCode::kIo);
}

}  // namespace
}  // namespace rubato
