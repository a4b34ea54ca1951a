#include "common/model_digest.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/file.h"

namespace rubato {
namespace {

class ModelDigestTest : public testing::Test {
 protected:
  ModelDigestTest() : directory_(std::filesystem::path(testing::TempDir()) / "model") {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    Write("tokenizer.json", "{}");
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(directory_ / name, text).ok());
  }
  Digest OfConfig(const std::string& text) {
    Write("config.json", text);
    const auto digests = DigestModelDirectory(directory_);
    EXPECT_TRUE(digests.ok()) << digests.status();
    return digests->config;
  }

  const std::filesystem::path directory_;
};

TEST_F(ModelDigestTest, OfTheConfigDoesNotDependOnItsLayout) {
  EXPECT_EQ(OfConfig("{\"a\": 1,\n \"b\": [2.50]}"), OfConfig("{\"b\":[2.5],\"a\":1}"));
}

TEST_F(ModelDigestTest, OfTheConfigIgnoresWhereItCameFrom) {
  EXPECT_EQ(OfConfig(R"({"a":1})"), OfConfig(R"({"a":1,"_name_or_path":"x","transformers_version":"5.0"})"));
}

TEST_F(ModelDigestTest, ChangesWithAnyValue) {
  EXPECT_NE(OfConfig(R"({"a":1})"), OfConfig(R"({"a":2})"));
  EXPECT_NE(OfConfig(R"({"a":1})"), OfConfig(R"({"a":1,"b":null})"));
}

TEST_F(ModelDigestTest, OfTheTokenizerIsThatOfItsBytes) {
  Write("config.json", "{}");
  EXPECT_EQ(DigestModelDirectory(directory_)->tokenizer, Sha256("{}"));
}

TEST_F(ModelDigestTest, NamesWhatIsMissingOrBroken) {
  EXPECT_EQ(DigestModelDirectory(directory_).status().code(), absl::StatusCode::kNotFound);
  Write("config.json", "[]");
  EXPECT_NE(DigestModelDirectory(directory_).status().message().find("config.json holds a list"),
            absl::string_view::npos);
  Write("config.json", "{}");
  std::filesystem::remove(directory_ / "tokenizer.json");
  EXPECT_NE(DigestModelDirectory(directory_).status().message().find("tokenizer.json"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace rubato
