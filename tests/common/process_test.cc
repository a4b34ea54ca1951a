#include "common/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "common/exit_code.h"
#include "common/file.h"

namespace rubato {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

std::string ReadAll(const UniqueFd& fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t got; (got = ::read(fd.get(), buffer, sizeof(buffer))) > 0;) all.append(buffer, got);
  return all;
}

// Each test runs both ways a process is made.
class ProcessTest : public testing::TestWithParam<bool> {
 protected:
  SubprocessOptions Shell(const std::string& script) {
    return {.argv = {"/bin/sh", "-c", script}, .out = ProcessOutput::Pipe(), .die_with_parent = GetParam()};
  }
};

INSTANTIATE_TEST_SUITE_P(Both, ProcessTest, testing::Bool(), [](const testing::TestParamInfo<bool>& info) {
  return info.param ? "DiesWithParent" : "Spawned";
});

TEST_P(ProcessTest, SaysHowItEnded) {
  auto process = Subprocess::Start(Shell("exit 3"));
  ASSERT_TRUE(process.ok()) << process.status();
  const auto exit = process->Wait(kLong);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->ToString(), "exit code 3");
  EXPECT_EQ(process->Wait(absl::ZeroDuration())->code, 3);
}

TEST_P(ProcessTest, TalksThroughPipes) {
  SubprocessOptions options = Shell("read line; echo \"got $line\"; echo trouble >&2");
  options.pipe_stdin = true;
  options.err = ProcessOutput::Pipe();
  auto process = Subprocess::Start(options);
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_EQ(::write(process->stdin_pipe().get(), "hi\n", 3), 3);
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "got hi\n");
  EXPECT_EQ(ReadAll(process->stderr_pipe()), "trouble\n");
  EXPECT_TRUE(process->Wait(kLong)->ok());
}

TEST_P(ProcessTest, SeesTheEndOfItsInputWhenThePipeIsClosed) {
  SubprocessOptions options = Shell("cat; echo end");
  options.pipe_stdin = true;
  auto process = Subprocess::Start(options);
  process->stdin_pipe().reset();
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "end\n");
}

TEST_P(ProcessTest, ReadsNothingWithoutAPipe) {
  auto process = Subprocess::Start(Shell("cat; echo end"));
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "end\n");
}

TEST_P(ProcessTest, AppendsItsOutputToAFile) {
  const std::string path = testing::TempDir() + "/process.log";
  std::filesystem::remove(path);
  for (int i = 0; i < 2; ++i) {
    SubprocessOptions options = Shell("echo out; echo err >&2");
    options.out = options.err = ProcessOutput::AppendToFile(path);
    EXPECT_TRUE(Subprocess::Start(options)->Wait(kLong)->ok());
  }
  EXPECT_EQ(*ReadFile(path), "out\nerr\nout\nerr\n");
}

TEST_P(ProcessTest, RunsInItsDirectory) {
  SubprocessOptions options = Shell("pwd");
  options.working_directory = "/usr";
  EXPECT_EQ(ReadAll(Subprocess::Start(options)->stdout_pipe()), "/usr\n");
}

TEST_P(ProcessTest, LeadsAGroupOfItsOwn) {
  auto process = Subprocess::Start(Shell("sleep 100"));
  EXPECT_EQ(::getpgid(process->pid()), process->pid());
  EXPECT_NE(::getpgid(0), process->pid());
}

TEST_P(ProcessTest, IsStillRunningUntilItIsKilledAsAGroup) {
  // The inner shell holds the pipe: it must die too for the output to end.
  auto process = Subprocess::Start(Shell("sh -c 'echo ready; sleep 100' & wait"));
  char buffer[6];
  ASSERT_EQ(::read(process->stdout_pipe().get(), buffer, 6), 6);
  EXPECT_FALSE(process->Wait(absl::ZeroDuration()).has_value());
  EXPECT_FALSE(process->Wait(absl::Milliseconds(1)).has_value());
  process->Kill(SIGKILL);
  EXPECT_EQ(process->Wait(kLong)->ToString(), "signal 9 (Killed)");
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "");
  process->Kill(SIGKILL);
}

TEST_P(ProcessTest, TakesWhatItLeftBehindWithIt) {
  auto process = Subprocess::Start(Shell("sleep 100 & exit 0"));
  EXPECT_TRUE(process->Wait(kLong)->ok());
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "");
}

TEST_P(ProcessTest, DoesNotOutliveItsOwner) {
  UniqueFd out;
  {
    auto process = Subprocess::Start(Shell("sleep 100"));
    ASSERT_TRUE(process.ok());
    out = std::move(process->stdout_pipe());
  }
  EXPECT_EQ(ReadAll(out), "");
}

TEST_P(ProcessTest, NamesAProgramThatIsNotThere) {
  const auto process = Subprocess::Start({.argv = {"/nonexistent/program"}, .die_with_parent = GetParam()});
  EXPECT_EQ(process.status(),
            absl::NotFoundError("cannot start /nonexistent/program: No such file or directory"));
}

TEST_P(ProcessTest, NamesAFileThatIsNoProgram) {
  const auto process = Subprocess::Start({.argv = {"/etc/passwd"}, .die_with_parent = GetParam()});
  EXPECT_EQ(ExitCodeFor(process.status()), ExitCode::kIo) << process.status();
}

TEST_P(ProcessTest, InheritsNoOtherFile) {
  const UniqueFd leaked(::open("/dev/null", O_RDONLY));  // not close-on-exec
  auto process = Subprocess::Start(Shell("ls /proc/self/fd | wc -l"));
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "4\n");  // 0, 1, 2 and the directory that ls reads
}

TEST_P(ProcessTest, BeginsWithDefaultSignals) {
  ::signal(SIGPIPE, SIG_IGN);
  auto process = Subprocess::Start(Shell("kill -PIPE $$"));
  EXPECT_EQ(process->Wait(kLong)->ToString(), "signal 13 (Broken pipe)");
  ::signal(SIGPIPE, SIG_DFL);
}

TEST_P(ProcessTest, KeepsToItsLimits) {
  SubprocessOptions options = Shell("read go; ulimit -t; ulimit -v; ulimit -n; ulimit -c");
  options.pipe_stdin = true;
  options.limits = {.cpu_seconds = 7, .address_space_bytes = 1 << 30, .open_files = 20, .core_dumps = false};
  auto process = Subprocess::Start(options);
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_EQ(::write(process->stdin_pipe().get(), "go\n", 3), 3);
  EXPECT_EQ(ReadAll(process->stdout_pipe()), "7\n1048576\n20\n0\n");
}

TEST_P(ProcessTest, CanBeMoved) {
  auto process = Subprocess::Start(Shell("sleep 100"));
  Subprocess moved = *std::move(process);
  Subprocess other = *Subprocess::Start(Shell("sleep 100"));
  other = std::move(moved);
  other.Kill(SIGTERM);
  EXPECT_EQ(other.Wait(kLong)->ToString(), "signal 15 (Terminated)");
}

TEST(DieWithParent, KillsTheChildWhenTheThreadThatStartedItEnds) {
  auto started = std::async(std::launch::async, [] {
    return Subprocess::Start({.argv = {"/bin/sleep", "100"}, .die_with_parent = true});
  });
  auto process = started.get();
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->Wait(kLong)->ToString(), "signal 9 (Killed)");
}

TEST(Spawned, OutlivesTheThreadThatStartedIt) {
  absl::StatusOr<Subprocess> process = absl::UnknownError("");
  std::thread([&] { process = Subprocess::Start({.argv = {"/bin/sleep", "100"}}); }).join();
  EXPECT_FALSE(process->Wait(absl::Milliseconds(50)).has_value());
}

}  // namespace
}  // namespace rubato
