// The ids and texts of the `tokenizers` library, recorded by tests/oracle/make_tokenizer_goldens.py.

#include <string>
#include <vector>

#include "common/file.h"
#include "common/json.h"
#include "gtest/gtest.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

Json Goldens() {
  const auto text = ReadFile("tests/text/goldens/tokenizer_goldens.json");
  EXPECT_TRUE(text.ok()) << text.status();
  auto json = Json::Parse(*text);
  EXPECT_TRUE(json.ok()) << json.status();
  return *std::move(json);
}

std::vector<int32_t> Ids(const Json& json) {
  std::vector<int32_t> ids;
  for (const Json& id : json.array()) ids.push_back(static_cast<int32_t>(*id.AsInt()));
  return ids;
}

void ExpectSame(const Tokenizer& tokenizer, const Json& result) {
  const std::string text = *result.GetString("text");
  const auto ids = tokenizer.Encode(text);
  if (result.Find("ids")->is_null()) {
    EXPECT_FALSE(ids.ok()) << "the library refuses \"" << text << "\"";
    return;
  }
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(*ids, Ids(*result.Find("ids"))) << "\"" << text << "\"";
  EXPECT_EQ(tokenizer.Decode(*ids), *result.GetString("all"));
  EXPECT_EQ(tokenizer.Decode(*ids, Tokenizer::Special::kSkip), *result.GetString("plain"));
}

TEST(TokenizerGolden, IdsAndTextsAreThoseOfTheTokenizersLibrary) {
  const Json goldens = Goldens();
  int results = 0;
  for (const Json& golden : goldens.Find("goldens")->array()) {
    SCOPED_TRACE(*golden.GetString("name"));
    const auto tokenizer = Tokenizer::FromJson(golden.Find("tokenizer")->Dump());
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    for (const Json& result : golden.Find("results")->array()) {
      ExpectSame(*tokenizer, result);
      ++results;
    }
  }
  EXPECT_GT(results, 700);
}

}  // namespace
}  // namespace rubato
