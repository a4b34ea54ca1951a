#include "common/log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/json.h"

namespace rubato {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest()
      : path_(std::filesystem::path(testing::TempDir()) /
              (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".log")) {
    std::filesystem::remove(path_);
  }

  void Init(LogToStderr to_stderr = LogToStderr::kNever) {
    ASSERT_TRUE(InitLog({.role = "learner.1", .file = path_, .to_stderr = to_stderr}).ok());
  }

  std::vector<Json> Lines() const {
    std::vector<Json> lines;
    const std::string text = *ReadFile(path_);
    for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const auto json = Json::Parse(std::string(line));
      EXPECT_TRUE(json.ok()) << json.status();
      if (json.ok()) lines.push_back(*json);
    }
    return lines;
  }

  const std::string path_;
};

TEST_F(LogTest, WritesAnEventAsOneJsonLine) {
  Init();
  LogInfo("lease_expired",
          {{"lease", 7}, {"worker", std::string("worker-0")}, {"late", true}, {"seconds", 0.5}});
  const std::vector<Json> lines = Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(*lines[0].GetString("level"), "info");
  EXPECT_EQ(*lines[0].GetString("role"), "learner.1");
  EXPECT_EQ(*lines[0].GetString("event"), "lease_expired");
  EXPECT_EQ(*lines[0].GetInt("lease"), 7);
  EXPECT_EQ(*lines[0].GetString("worker"), "worker-0");
  EXPECT_EQ(*lines[0].GetBool("late"), true);
  EXPECT_EQ(*lines[0].GetDouble("seconds"), 0.5);
  EXPECT_EQ(lines[0].GetString("ts")->size(), std::string("2026-01-31T12:00:00.123456Z").size());
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  Init();
  LogDebug("detail");
  LogError("trouble");
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_EQ(*Lines()[0].GetString("level"), "error");
}

TEST_F(LogTest, KeepsHostileTextInItsField) {
  Init();
  const std::string hostile = "\x1b[2J\n{\"event\":\"forged\"}\xff\0x";
  LogInfo("answer", {{"text", hostile}});
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_EQ(ReadFile(path_)->find('\x1b'), std::string::npos);
}

TEST_F(LogTest, CutsAFieldThatIsNoMessage) {
  Init();
  LogInfo("answer", {{"text", std::string(1 << 20, 'x')}});
  EXPECT_LT(ReadFile(path_)->size(), 10000u);
  EXPECT_NE(Lines()[0].GetString("text")->find("(1048576 bytes)"), std::string::npos);
}

TEST_F(LogTest, WritesAReadableLineForPeople) {
  testing::internal::CaptureStderr();
  Init(LogToStderr::kAlways);
  LogWarn("peer_away", {{"peer", "127.0.0.1:1"}, {"error", "not \x1b[31mthere"}, {"tries", 3}, {"none", ""}});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_NE(
      line.find(
          " warn learner.1 peer_away peer=127.0.0.1:1 error=\"not \\x1b[31mthere\" tries=3 none=\"\"\n"),
      std::string::npos)
      << line;
  EXPECT_EQ(Lines().size(), 1u);
}

TEST_F(LogTest, StaysWholeWhenManyThreadsWrite) {
  Init();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) LogInfo("tick", {{"i", i}});
      });
    }
  }
  EXPECT_EQ(Lines().size(), 400u);
}

TEST_F(LogTest, IsAppendedTo) {
  Init();
  LogInfo("first");
  Init();
  LogInfo("second");
  EXPECT_EQ(Lines().size(), 2u);
}

TEST_F(LogTest, NamesAFileItCannotOpen) {
  const absl::Status status = InitLog({.role = "x", .file = "/proc/nonexistent/x.log"});
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kIo);
  EXPECT_NE(status.message().find("/proc/nonexistent"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace rubato
