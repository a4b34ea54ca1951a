#include "stats/model_shape.h"

#include <gtest/gtest.h>

#include "common/file.h"

namespace rubato {
namespace {

TEST(ModelShape, IsReadFromConfigJson) {
  const auto shape = ParseModelShape(R"({"num_hidden_layers": 6, "num_attention_heads": 4, "other": [1]})");
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->layers, 6);
  EXPECT_EQ(shape->query_heads, 4);
}

TEST(ModelShape, NamesTheKeyThatIsWrong) {
  const auto message = [](const char* text) { return std::string(ParseModelShape(text).status().message()); };
  EXPECT_NE(message(R"({"num_hidden_layers": 6})").find("num_attention_heads"), std::string::npos);
  EXPECT_NE(message(R"({"num_hidden_layers": 0, "num_attention_heads": 4})").find("num_hidden_layers\" is 0"),
            std::string::npos);
  EXPECT_NE(message(R"({"num_hidden_layers": "6", "num_attention_heads": 4})").find("num_hidden_layers"),
            std::string::npos);
  EXPECT_FALSE(message("[]").empty());
  EXPECT_FALSE(message("{").empty());
}

TEST(ModelShape, OfADirectoryNamesTheFile) {
  const std::string dir = ::testing::TempDir() + "/model_shape_test";
  ASSERT_TRUE(CreateDirectories(dir).ok());
  EXPECT_FALSE(LoadModelShape(dir).ok());
  ASSERT_TRUE(WriteFileAtomically(dir + "/config.json", R"({"num_hidden_layers": 6})").ok());
  EXPECT_NE(std::string(LoadModelShape(dir).status().message()).find(dir + "/config.json"),
            std::string::npos);
  ASSERT_TRUE(
      WriteFileAtomically(dir + "/config.json", R"({"num_hidden_layers": 6, "num_attention_heads": 4})")
          .ok());
  EXPECT_EQ(LoadModelShape(dir)->query_heads, 4);
}

}  // namespace
}  // namespace rubato
