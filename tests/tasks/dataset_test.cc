#include "tasks/dataset.h"

#include <string>

#include "common/exit_code.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DatasetTest : public ::testing::Test {
 protected:
  absl::StatusOr<Dataset> Load(const std::string& text, const RowCheck& check = nullptr) {
    EXPECT_TRUE(WriteFileAtomically(path_, text).ok());
    return LoadDataset(path_, check);
  }
  std::string Refusal(const std::string& text, const RowCheck& check = nullptr) {
    return std::string(Load(text, check).status().message());
  }

  const std::string path_ = ::testing::TempDir() + "/rows.jsonl";
};

TEST_F(DatasetTest, KeepsTheOrderAndSkipsBlankLines) {
  const auto rows = Load("{\"prompt\":\"a\"}\n\n  \r\n{\"prompt\":\"b\"}");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].prompt, "a");
  EXPECT_EQ((*rows)[1].prompt, "b");
}

TEST_F(DatasetTest, TakesThePromptsOfOtherTrainers) {
  const auto rows = Load(
      "{\"prompt\":[{\"role\":\"user\",\"content\":\"verl\"}],\"reward_model\":{\"ground_truth\":\"4\"}}\n"
      "{\"prompt\":\"trl\",\"ground_truth\":\"4\"}\n"
      "{\"input\":\"openrlhf\",\"label\":\"4\"}\n"
      "{\"input\":[{\"role\":\"user\",\"content\":\"openrlhf chat\"}]}\n");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_TRUE((*rows)[0].chat.has_value());
  EXPECT_EQ((*rows)[0].prompt, "");
  EXPECT_EQ((*rows)[1].prompt, "trl");
  EXPECT_EQ((*rows)[2].prompt, "openrlhf");
  EXPECT_TRUE((*rows)[3].chat.has_value());
  EXPECT_FALSE((*rows)[1].chat.has_value());
}

TEST_F(DatasetTest, TheContentIdIsOfTheContentNotOfItsSpelling) {
  const auto rows = Load(
      "{\"prompt\":\"a\",\"x\":1}\n"
      "{ \"x\": 1, \"prompt\": \"a\" }\n"
      "{\"prompt\":\"a\",\"x\":2}\n");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].content_id, (*rows)[1].content_id);
  EXPECT_NE((*rows)[0].content_id, (*rows)[2].content_id);
  EXPECT_EQ((*rows)[1].json, R"({"prompt":"a","x":1})");
  EXPECT_EQ((*rows)[1].content_id, Sha256((*rows)[1].json));
}

TEST_F(DatasetTest, NamesFileLineAndField) {
  EXPECT_THAT(Refusal("{\"prompt\":\"a\"}\n{\"x\":1}\n"), HasSubstr("rows.jsonl:2: has no \"prompt\""));
  EXPECT_THAT(Refusal("\n{\"prompt\":7}\n"), HasSubstr("rows.jsonl:2: \"prompt\": holds a whole number"));
  EXPECT_THAT(Refusal("{\"prompt\":\"\"}\n"), HasSubstr("rows.jsonl:1: \"prompt\" is empty"));
  EXPECT_THAT(Refusal("{\"prompt\":\"a\"}\n{\"prompt\"\n"), HasSubstr("rows.jsonl:2: "));
  EXPECT_THAT(Refusal("[1]\n"), HasSubstr("rows.jsonl:1: a row is a JSON object"));
}

TEST_F(DatasetTest, RefusesListsThatAreNoChat) {
  EXPECT_THAT(Refusal(R"({"prompt":[]})"),
              HasSubstr("rows.jsonl:1: \"prompt\" is a list of messages, and: \"messages\" is empty"));
  EXPECT_THAT(Refusal(R"({"input":["a"]})"), HasSubstr("\"input\" is a list of messages, and: message 1"));
  EXPECT_THAT(Refusal(R"({"prompt":[{"role":"user","content":"a"}],"chat_template_kwargs":7})"),
              HasSubstr("\"chat_template_kwargs\" is an object"));
}

TEST_F(DatasetTest, ReportsWhatTheCheckFinds) {
  const auto check = [](const Json& row) -> absl::Status { return row.GetInt("answer").status(); };
  EXPECT_THAT(Refusal("{\"prompt\":\"a\",\"answer\":1}\n{\"prompt\":\"b\"}\n", check),
              HasSubstr("rows.jsonl:2: has no \"answer\""));
}

TEST_F(DatasetTest, ReportsTenProblemsAtOnce) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "{}\n";
  const std::string refusal = Refusal(text);
  EXPECT_THAT(refusal, HasSubstr("rows.jsonl:10: "));
  EXPECT_THAT(refusal, Not(HasSubstr("rows.jsonl:11: ")));
}

TEST_F(DatasetTest, RefusesAFileWithoutRows) {
  EXPECT_THAT(Refusal("\n\n"), HasSubstr("rows.jsonl: holds no rows"));
}

TEST_F(DatasetTest, AMissingFileIsNotFound) {
  const absl::Status status = LoadDataset(::testing::TempDir() + "/nowhere.jsonl").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
}

}  // namespace
}  // namespace rubato
