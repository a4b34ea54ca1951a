#include "cli/log_tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LogTail, GivesTheLastLinesInOrder) {
  EXPECT_THAT(RenderLogTail("a\nb\nc\n", 2), ElementsAre("b", "c"));
  EXPECT_THAT(RenderLogTail("a\n\nb", 5), ElementsAre("a", "b"));
  EXPECT_THAT(RenderLogTail("", 5), IsEmpty());
}

TEST(LogTail, WritesEventsForPeople) {
  EXPECT_THAT(RenderLogTail("{\"ts\":\"T\",\"level\":\"error\",\"role\":\"r\",\"event\":\"ended\",\"error\":"
                            "\"no disk\",\"n\":3}\n",
                            1),
              ElementsAre("T error ended error=no disk n=3"));
}

TEST(LogTail, EscapesWhatCouldMoveACursor) {
  EXPECT_THAT(RenderLogTail("\x1b[2Jx\n", 1), ElementsAre("\\x1b[2Jx"));
}

TEST(LogTail, OfAFileThatIsNotThereIsEmpty) { EXPECT_THAT(ReadLogTail("/nonexistent/log", 0, 3), IsEmpty()); }

TEST(LogTail, OfAFileBeginsWhereItIsTold) {
  const std::string path = ::testing::TempDir() + "log_tail";
  std::ofstream(path) << "old\nnew\n";
  EXPECT_THAT(ReadLogTail(path, 4, 3), ElementsAre("new"));
}

}  // namespace
}  // namespace rubato
