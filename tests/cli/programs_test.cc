#include "cli/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/exit_code.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ProgramsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(root_);
  }

  // An executable file.
  std::string Make(const std::string& name) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "#!/bin/true\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }

  fs::path root_;
};

TEST_F(ProgramsTest, AreFoundBesideOrInTheirPackageOfABuild) {
  const std::string own = (root_ / "bin/cli").string();
  const std::string built = Make("bin/credit/rubato-credit"), verify = Make("bin/tasks/rubato-verify");
  EXPECT_EQ(FindProgram("rubato-credit", own).value(), built);
  EXPECT_EQ(FindProgram("rubato-verify", own).value(), verify);
  const std::string beside = Make("bin/cli/rubato-credit");
  EXPECT_EQ(FindProgram("rubato-credit", own).value(), beside);
}

TEST_F(ProgramsTest, ThatAreMissingEndWith69AndThePlacesThatWereTried) {
  const absl::Status status = FindProgram("rubato-credit", (root_ / "cli").string()).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("/cli/rubato-credit"), HasSubstr("/credit/rubato-credit")));
}

TEST_F(ProgramsTest, WhatComesWithThemIsFoundWhereTheCommandLies) {
  const std::string command = Make("checkout/rubato");
  Make("checkout/examples/x/file");
  fs::create_symlink(command, root_ / "link");
  for (const std::string& typed : {command, (root_ / "link").string()}) {
    EXPECT_EQ(FindBesideProgram("examples/x", typed, "/nonexistent"),
              (root_ / "checkout/examples/x").lexically_normal().string());
  }
}

TEST_F(ProgramsTest, WhatComesWithThemIsFoundAboveTheProgram) {
  Make("installed/examples/x/file");
  EXPECT_EQ(FindBesideProgram("examples/x", "rubato", (root_ / "installed/lib/bin").string()),
            (root_ / "installed/examples/x").string());
}

TEST_F(ProgramsTest, TheWorkingDirectoryComesFirstAndIsNamedIfThereIsNothing) {
  Make("here/examples/x/file");
  Make("checkout/examples/x/file");
  const fs::path before = fs::current_path();
  fs::current_path(root_ / "here");
  EXPECT_EQ(FindBesideProgram("examples/x", Make("checkout/rubato"), "/nonexistent"), "examples/x");
  fs::current_path(before);
  EXPECT_EQ(FindBesideProgram("examples/none", "rubato", "/nonexistent"), "examples/none");
}

}  // namespace
}  // namespace rubato
