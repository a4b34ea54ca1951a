#include "tasks/line_buffer.h"

#include "gtest/gtest.h"

namespace rubato {
namespace {

TEST(LineBuffer, GivesLinesHoweverTheyArrive) {
  LineBuffer lines;
  lines.Add("ab");
  EXPECT_EQ(lines.Take(), std::nullopt);
  lines.Add("c\n\nd");
  EXPECT_EQ(lines.Take(), "abc");
  EXPECT_EQ(lines.Take(), "");
  EXPECT_EQ(lines.Take(), std::nullopt);
  lines.Add("e\nf\n");
  EXPECT_EQ(lines.Take(), "de");
  EXPECT_EQ(lines.Take(), "f");
  EXPECT_EQ(lines.Take(), std::nullopt);
}

TEST(LineBuffer, CountsWhatWasNotTaken) {
  LineBuffer lines;
  EXPECT_EQ(lines.size(), 0u);
  lines.Add("ab\ncde");
  EXPECT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines.Take(), "ab");
  EXPECT_EQ(lines.size(), 3u);
}

}  // namespace
}  // namespace rubato
