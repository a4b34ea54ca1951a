#include "tests/presubmit/doors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/presubmit/workspace_sources.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTable[] = "tests/presubmit/doors.txt";

std::string ReadAll(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

DoorRules RealRules() { return ParseDoorRules(ReadAll(kTable)).value(); }

std::vector<std::string> Violations(const SourceTree& tree) { return FindViolations(RealRules(), tree); }

TEST(Doors, HoldInThisTree) {
  const std::filesystem::path root = WorkspaceRoot(kTable);
  SourceTree tree;
  for (const std::string& file : SourceFiles(root)) tree[file] = ReadAll(root / file);
  ASSERT_GT(tree.size(), 10u) << "no sources found under " << root;
  for (const std::string& violation : Violations(tree)) ADD_FAILURE() << violation;
}

TEST(Doors, NameFileLineRuleAndRemedyOfAnIncludeAgainstTheLevels) {
  EXPECT_THAT(
      Violations({{"common/a.cc", "\n#include \"policy/config.h\"\n"}}),
      ElementsAre(AllOf(HasSubstr("common/a.cc:2: includes policy/config.h"),
                        HasSubstr("common/ may include only: proto"), HasSubstr("Move what both need"))));
}

TEST(Doors, LetRoomsOfOneLevelMeetOnlyInProto) {
  EXPECT_THAT(Violations({{"rollout/a.cc", "#include \"credit/hub.h\"\n#include \"proto/run.pb.h\"\n"}}),
              ElementsAre(HasSubstr("rollout/a.cc:1")));
}

TEST(Doors, LetARoomUseSingleHeadersThatItsLineNames) {
  EXPECT_THAT(Violations({{"cli/a.cc", "#include \"credit/credit_options.h\"\n"}}), IsEmpty());
  EXPECT_THAT(Violations({{"cli/a.cc", "#include \"credit/hub.h\"\n"}}),
              ElementsAre(HasSubstr("cli/a.cc:1")));
}

TEST(Doors, KeepProductionCodeFromIncludingTests) {
  EXPECT_THAT(Violations({{"common/a.cc", "#include \"tests/integration/harness.h\"\n"}}),
              ElementsAre(HasSubstr("common/a.cc:1")));
}

TEST(Doors, RefuseFilesInRoomsThatDoNotExist) {
  EXPECT_THAT(Violations({{"util/a.cc", ""}}), ElementsAre(HasSubstr("no room is called util")));
}

TEST(Doors, RefuseATechnologyOutsideItsDoorAndSayWhatToUse) {
  EXPECT_THAT(Violations({{"rollout/a.cc", "#include <nlohmann/json.hpp>\n"}}),
              ElementsAre(AllOf(HasSubstr("rollout/a.cc:1: includes nlohmann/json.hpp"),
                                HasSubstr("door JSON"), HasSubstr("Use common/json.h."))));
  EXPECT_THAT(Violations({{"common/json_parse.cc", "#include <nlohmann/json.hpp>\n"}}), IsEmpty());
}

TEST(Doors, ReadWordsInCodeButNotInCommentsOrTexts) {
  EXPECT_THAT(Violations({{"common/a.cc",
                           "// getenv\n/* getenv\n getenv */ const char* s = \"getenv \\\" getenv\";\n"}}),
              IsEmpty());
  EXPECT_THAT(Violations({{"common/a.cc", "int n = 1'000;\nauto* p = std::getenv(\"X\");\n"}}),
              ElementsAre(HasSubstr("common/a.cc:2: says getenv")));
  EXPECT_THAT(Violations({{"rollout/rollout_main.cc", "auto* p = std::getenv(\"X\");\n"}}), IsEmpty());
}

TEST(Doors, ShowNoGrpcInHeadersOfClients) {
  EXPECT_THAT(Violations({{"cli/run_client.h", "#include <grpcpp/grpcpp.h>\n"}}),
              ElementsAre(HasSubstr("door gRPC")));
  EXPECT_THAT(Violations({{"cli/run_client.cc", "#include <grpcpp/grpcpp.h>\n"}}), IsEmpty());
}

TEST(Doors, KeepLibTorchAndGrpcApartThroughHeaders) {
  const SourceTree tree = {
      {"learner/weights_service.cc", "#include <grpcpp/grpcpp.h>\n#include \"learner/model.h\"\n"},
      {"learner/model.h", "#include \"policy/layer.h\"\n"},
      {"policy/layer.h", "#include <ATen/core/Tensor.h>\n#include \"learner/model.h\"\n"}};
  EXPECT_THAT(
      Violations(tree),
      Contains(AllOf(HasSubstr("learner/weights_service.cc:1: reaches gRPC (grpcpp/grpcpp.h) and LibTorch"),
                     HasSubstr("learner/model.h -> policy/layer.h -> ATen/core/Tensor.h"))));
}

TEST(Doors, KeepLibTorchAndGrpcApartInTestsToo) {
  EXPECT_THAT(Violations({{"tests/a_test.cc", "#include <grpcpp/grpcpp.h>\n#include <torch/torch.h>\n"}}),
              ElementsAre(HasSubstr("never meet in one translation unit")));
}

TEST(DoorTable, RefusesALineItDoesNotUnderstand) {
  EXPECT_THAT(ParseDoorRules("room a: b\nwindow x\n").status().message(), HasSubstr("doors.txt:2"));
  EXPECT_THAT(ParseDoorRules("room a: b\n  in c\n").status().message(), HasSubstr("doors.txt:2"));
}

TEST(Glob, MatchesAnyRunOfCharactersAtAStar) {
  EXPECT_TRUE(GlobMatches("common/json*", "common/json_parse.cc"));
  EXPECT_TRUE(GlobMatches("*_client.cc", "cli/run_client.cc"));
  EXPECT_TRUE(GlobMatches("kernels/*_torch.*", "kernels/linear_torch.cc"));
  EXPECT_FALSE(GlobMatches("common/json*", "common/log.cc"));
  EXPECT_FALSE(GlobMatches("text", "texts"));
}

}  // namespace
}  // namespace rubato
