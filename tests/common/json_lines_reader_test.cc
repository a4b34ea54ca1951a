#include "common/json_lines_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/unique_fd.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kAll = 1000000;

std::string FileWith(const std::string& text) {
  const std::string path = testing::TempDir() + "/json_lines_reader_test.jsonl";
  EXPECT_EQ(WriteFileAtomically(path, text), absl::OkStatus());
  return path;
}

// "3:text" of every line until the end, batch by batch.
std::vector<std::string> Numbered(const std::vector<JsonLine>& lines) {
  std::vector<std::string> all;
  for (const JsonLine& line : lines) all.push_back(std::to_string(line.number) + ":" + line.text);
  return all;
}

TEST(JsonLinesReader, GivesEachLineWithItsNumber) {
  auto reader = JsonLinesReader::Open(FileWith("a\nb\n")).value();
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("1:a", "2:b"));
  EXPECT_THAT(reader.Next(kAll, kAll).value(), IsEmpty());
}

TEST(JsonLinesReader, TakesALastLineWithoutItsEnd) {
  auto reader = JsonLinesReader::Open(FileWith("a\nb")).value();
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("1:a", "2:b"));
}

TEST(JsonLinesReader, SkipsBlankLinesAndCountsThem) {
  auto reader = JsonLinesReader::Open(FileWith("\n \t\r\na\r\n\n")).value();
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("3:a\r"));
  EXPECT_THAT(reader.Next(kAll, kAll).value(), IsEmpty());
}

TEST(JsonLinesReader, EndsABatchAtEitherLimit) {
  auto reader = JsonLinesReader::Open(FileWith("aaaa\nbbbb\ncccc\n")).value();
  EXPECT_THAT(Numbered(reader.Next(1, kAll).value()), ElementsAre("1:aaaa"));
  EXPECT_THAT(Numbered(reader.Next(kAll, 4).value()), ElementsAre("2:bbbb"));
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("3:cccc"));
}

TEST(JsonLinesReader, FindsLinesThatAreLongerThanWhatIsReadAtOnce) {
  const std::string a(1 << 20, 'a'), b(300000, 'b');
  auto reader = JsonLinesReader::Open(FileWith(a + "\n" + b + "\n")).value();
  EXPECT_THAT(Numbered(reader.Next(kAll, 2 * kAll).value()), ElementsAre("1:" + a, "2:" + b));
}

TEST(JsonLinesReader, RefusesALineBeyondTheLimitAfterThoseBeforeIt) {
  const std::string path = FileWith("a\n" + std::string(JsonLinesReader::kMaxLineBytes + (1 << 20), 'x'));
  auto reader = JsonLinesReader::Open(path).value();
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("1:a"));
  const absl::Status status = reader.Next(kAll, kAll).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr(path + ":2: a line of more than"));
}

TEST(JsonLinesReader, DoesNotWaitForLinesThatAreNotThereYet) {
  const std::string path = testing::TempDir() + "/json_lines_reader_test.fifo";
  ::unlink(path.c_str());
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const UniqueFd writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  auto reader = JsonLinesReader::Open(path).value();
  ASSERT_EQ(::write(writer.get(), "a\nb\nc", 5), 5);
  // "c" is not a whole line, and whoever waits for the answers to "a" and "b" may never write more.
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("1:a", "2:b"));
  ASSERT_EQ(::write(writer.get(), "c\n", 2), 2);
  EXPECT_THAT(Numbered(reader.Next(kAll, kAll).value()), ElementsAre("3:cc"));
}

TEST(JsonLinesReader, NamesAFileThatIsNotThereOrNoFile) {
  EXPECT_THAT(std::string(JsonLinesReader::Open("/nonexistent/x.jsonl").status().message()),
              HasSubstr("/nonexistent/x.jsonl"));
  EXPECT_THAT(std::string(JsonLinesReader::Open(testing::TempDir()).status().message()),
              HasSubstr("is a directory"));
}

}  // namespace
}  // namespace rubato
