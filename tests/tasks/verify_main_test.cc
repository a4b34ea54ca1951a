// The program itself: what it reads, writes and ends with.

#include <unistd.h>

#include <string>
#include <vector>

#include "common/process.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rubato {
namespace {

struct Outcome {
  std::string out;
  ProcessExit exit;
};

std::string ReadAll(int fd) {
  std::string text(1 << 16, '\0');
  size_t size = 0;
  while (true) {
    const ssize_t bytes = read(fd, text.data() + size, text.size() - size);
    if (bytes <= 0) break;
    size += static_cast<size_t>(bytes);
  }
  return text.substr(0, size);
}

// Small inputs only: it is written before the output is read.
Outcome Verify(const std::string& input, std::vector<std::string> arguments = {}) {
  SubprocessOptions options;
  options.argv = {"tasks/rubato-verify"};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.pipe_stdin = true;
  options.out = ProcessOutput::Pipe();
  options.err = ProcessOutput::Null();
  auto process = Subprocess::Start(options);
  EXPECT_TRUE(process.ok()) << process.status();
  EXPECT_EQ(write(process->stdin_pipe().get(), input.data(), input.size()),
            static_cast<ssize_t>(input.size()));
  process->stdin_pipe().reset();
  Outcome run;
  run.out = ReadAll(process->stdout_pipe().get());
  run.exit = *process->Wait(absl::Seconds(60));
  return run;
}

const std::string kRequest =
    R"({"id":1,"verifier":"countdown","row":{"nums":[1,2],"target":3},"response":"#1+2$"})";

TEST(RubatoVerify, AnswersEachLineInOrderAndEndsWithTheInput) {
  const Outcome run = Verify(kRequest + "\n" + kRequest + "\n");
  const std::string answer = R"({"id":1,"parts":{"correct":1.0},"reward":1.0})";
  EXPECT_EQ(run.out, answer + "\n" + answer + "\n");
  EXPECT_TRUE(run.exit.ok()) << run.exit.ToString();
}

TEST(RubatoVerify, EndsWithBadDataAtALineThatIsNoRequest) {
  EXPECT_EQ(Verify("what\n").exit.code, 65);
  EXPECT_EQ(Verify(kRequest).exit.code, 65) << "the last line is cut";
}

TEST(RubatoVerify, TakesNoArguments) { EXPECT_EQ(Verify("", {"file"}).exit.code, 64); }

}  // namespace
}  // namespace rubato
