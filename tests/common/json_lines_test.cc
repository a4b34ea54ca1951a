#include "common/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"
#include "common/file.h"

namespace rubato {
namespace {

struct Ran {
  absl::Status status;
  std::string out;
};

std::vector<absl::StatusOr<std::string>> Shout(std::span<const JsonLine> lines) {
  std::vector<absl::StatusOr<std::string>> answers;
  for (const JsonLine& line : lines) {
    answers.push_back(line.text == "bad" ? absl::StatusOr<std::string>(absl::InvalidArgumentError("is bad"))
                                         : line.text + "!");
  }
  return answers;
}

Ran RunOn(const std::string& text, const JsonLinesBatch& batch, const std::string& name) {
  const std::string in_path = testing::TempDir() + "/json_lines_test." + name, out_path = in_path + ".out";
  EXPECT_EQ(WriteFileAtomically(in_path, text), absl::OkStatus());
  JsonLinesReader in = JsonLinesReader::Open(in_path).value();
  JsonLinesWriter out = JsonLinesWriter::Open(out_path, in).value();
  absl::Status status = RunJsonLines(&in, &out, batch, Shout);
  return {std::move(status), ReadFile(out_path).value()};
}

TEST(JsonLines, AreAnsweredInOrderWhateverTheBatch) {
  for (const size_t lines : {1, 2, 100}) {
    const Ran ran = RunOn("a\n\nb\nc", {.lines = lines}, "order");
    EXPECT_EQ(ran.status, absl::OkStatus());
    EXPECT_EQ(ran.out, "a!\nb!\nc!\n");
  }
}

TEST(JsonLines, StopAtTheFirstErrorWithItsPlaceAndKeepWhatWasAnswered) {
  const Ran ran = RunOn("a\n\nbad\nc\nbad\n", {}, "error");
  EXPECT_EQ(ran.out, "a!\n");
  EXPECT_EQ(std::string(ran.status.message()), testing::TempDir() + "/json_lines_test.error:3: is bad");
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
}

TEST(JsonLines, OfAnEmptyInputGiveAnEmptyOutput) {
  const Ran ran = RunOn("", {}, "empty");
  EXPECT_EQ(ran.status, absl::OkStatus());
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace rubato
