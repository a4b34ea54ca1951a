#include "common/json_lines_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"
#include "common/file.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

class JsonLinesWriterTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) { return testing::TempDir() + "/json_lines_writer_" + name; }
  absl::StatusOr<JsonLinesWriter> Open(const std::string& path) { return JsonLinesWriter::Open(path, in_); }

  JsonLinesReader in_ = JsonLinesReader::Open("/dev/null").value();
};

TEST_F(JsonLinesWriterTest, ReplacesWhatAFileHeld) {
  ASSERT_EQ(WriteFileAtomically(Path("old"), "much older text\n"), absl::OkStatus());
  JsonLinesWriter writer = Open(Path("old")).value();
  ASSERT_EQ(writer.Write("{}"), absl::OkStatus());
  ASSERT_EQ(writer.Finish(), absl::OkStatus());
  EXPECT_EQ(ReadFile(Path("old")).value(), "{}\n");
}

TEST_F(JsonLinesWriterTest, LeavesAFileAloneUntilThereIsALine) {
  ASSERT_EQ(WriteFileAtomically(Path("kept"), "older text\n"), absl::OkStatus());
  { const JsonLinesWriter writer = Open(Path("kept")).value(); }
  EXPECT_EQ(ReadFile(Path("kept")).value(), "older text\n");
}

TEST_F(JsonLinesWriterTest, EmptiesAFileThatNoLineWasFor) {
  ASSERT_EQ(WriteFileAtomically(Path("emptied"), "older text\n"), absl::OkStatus());
  ASSERT_EQ(Open(Path("emptied")).value().Finish(), absl::OkStatus());
  EXPECT_EQ(ReadFile(Path("emptied")).value(), "");
}

TEST_F(JsonLinesWriterTest, EndsWith74AndNamesAPathThatCannotBeWritten) {
  for (const std::string path : {"/nonexistent/x.jsonl", "/proc/x.jsonl", "/"}) {
    const absl::Status status = Open(path).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
}

TEST_F(JsonLinesWriterTest, EndsWith74WhenTheDeviceIsFull) {
  JsonLinesWriter writer = Open("/dev/full").value();
  const absl::Status status = writer.Write("{}");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
}

TEST_F(JsonLinesWriterTest, RefusesTheFileThatIsRead) {
  ASSERT_EQ(WriteFileAtomically(Path("both"), "{}\n"), absl::OkStatus());
  in_ = JsonLinesReader::Open(Path("both")).value();
  const absl::Status status = Open(Path("both")).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << status;
  EXPECT_EQ(ReadFile(Path("both")).value(), "{}\n");
}

}  // namespace
}  // namespace rubato
