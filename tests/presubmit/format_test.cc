#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/presubmit/workspace_sources.h"

namespace rubato {
namespace {

// clang-format itself names file, line and what it would change.
TEST(Format, IsThatOfClangFormat) {
  const std::filesystem::path root = WorkspaceRoot("tests/presubmit/doors.txt");
  std::string command = "cd '" + root.string() + "' && clang-format --dry-run --Werror --ferror-limit=1";
  for (const std::string& file : SourceFiles(root)) {
    if (!file.ends_with(".proto")) command += " '" + file + "'";
  }
  EXPECT_EQ(std::system(command.c_str()), 0) << "Run: clang-format -i FILE";
}

}  // namespace
}  // namespace rubato
