#include "tests/policy/broken_directories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/exit_code.h"
#include "policy/model_directory.h"
#include "policy/model_inspection.h"
#include "policy/slab_digest.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string TemporaryPath(const std::string& name) { return testing::TempDir() + "/" + name; }

class BrokenDirectoriesTest : public testing::TestWithParam<BrokenDirectory> {};

// Each complaint is of one problem, and each problem is one that was expected.
TEST_P(BrokenDirectoriesTest, AreRefusedForTheirDefectsAlone) {
  const BrokenDirectory& broken = GetParam();
  const ModelFixture model(TemporaryPath(broken.title), broken.family);
  broken.damage(model);
  const absl::StatusOr<ModelInspection> inspection = InspectModelDirectory(model.path());
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  std::vector<testing::Matcher<std::string>> expected;
  for (const std::string& complaint : broken.complaints) expected.push_back(testing::HasSubstr(complaint));
  EXPECT_THAT(inspection->problems, testing::UnorderedElementsAreArray(expected));
  for (const std::string& problem : inspection->problems) EXPECT_LT(problem.size(), 1200u) << problem;
  EXPECT_EQ(ExitCodeFor(ToStatus(model.path(), *inspection)), ExitCode::kBadData);
}

std::vector<BrokenDirectory> All() {
  std::vector<BrokenDirectory> all;
  for (const auto& part :
       {BrokenConfigs(), BrokenTokenizers(), BrokenWeights(), BrokenShards(), BrokenTwice()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string TitleOf(const testing::TestParamInfo<BrokenDirectory>& info) { return info.param.title; }

INSTANTIATE_TEST_SUITE_P(All, BrokenDirectoriesTest, testing::ValuesIn(All()), TitleOf);

// What only a tokenizer spoils still can be scored; all else cannot be read.
class UnreadableDirectoriesTest : public testing::TestWithParam<BrokenDirectory> {};

TEST_P(UnreadableDirectoriesTest, EndReadingWithTheSameProblems) {
  const BrokenDirectory& broken = GetParam();
  const ModelFixture model(TemporaryPath(broken.title + "Read"), broken.family);
  broken.damage(model);
  const absl::Status status = ReadModelDirectory(model.path()).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  for (const std::string& complaint : broken.complaints) {
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(complaint));
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, UnreadableDirectoriesTest, testing::ValuesIn(BrokenConfigs()), TitleOf);
INSTANTIATE_TEST_SUITE_P(Weights, UnreadableDirectoriesTest, testing::ValuesIn(BrokenWeights()), TitleOf);
INSTANTIATE_TEST_SUITE_P(Shards, UnreadableDirectoriesTest, testing::ValuesIn(BrokenShards()), TitleOf);

TEST(ReadableDirectories, AreTheseThreeBeforeTheyAreBroken) {
  for (const TinyFamily family : {TinyFamily::kQwen3, TinyFamily::kQwen2, TinyFamily::kLlama}) {
    const ModelFixture model(TemporaryPath("sound"), family);
    const ModelInspection inspection = *InspectModelDirectory(model.path());
    EXPECT_THAT(inspection.problems, IsEmpty());
    EXPECT_THAT(inspection.notes, IsEmpty());
    EXPECT_EQ(inspection.tokenizer_tokens, 29);
    EXPECT_EQ(inspection.weight_digest,
              DigestSlab(ReadModelDirectory(model.path())->weights.bytes()).version);
  }
}

TEST(ReadableDirectories, NeedNoTokenizerToBeScored) {
  for (const BrokenDirectory& broken : BrokenTokenizers()) {
    const ModelFixture model(TemporaryPath(broken.title + "Scored"), broken.family);
    broken.damage(model);
    EXPECT_TRUE(ReadModelDirectory(model.path()).ok()) << broken.title;
  }
}

TEST(ReadableDirectories, LackATokenizerWithANote) {
  const ModelFixture model(TemporaryPath("without_tokenizer"), TinyFamily::kLlama);
  model.Remove("tokenizer.json");
  model.Remove("tokenizer_config.json");
  const ModelInspection inspection = *InspectModelDirectory(model.path());
  EXPECT_THAT(inspection.problems, IsEmpty());
  EXPECT_THAT(inspection.notes, ElementsAre(testing::HasSubstr("there is no tokenizer.json")));
}

TEST(ReadableDirectories, MayHoldPickleBesideSafetensorsAndAStaleIndex) {
  const ModelFixture model(TemporaryPath("with_more"), TinyFamily::kQwen2);
  model.Write("pytorch_model.bin", "x");
  model.Write("model.safetensors.index.json", "nonsense");
  EXPECT_THAT(InspectModelDirectory(model.path())->problems, IsEmpty());
}

}  // namespace
}  // namespace rubato
