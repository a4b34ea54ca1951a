// The table of errors, on the real programs: what `rubato` says, and with which code it ends.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>

#include "common/concat.h"
#include "common/file.h"
#include "common/unique_fd.h"
#include "tests/integration/harness.h"
#include "tests/integration/program.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class Errors : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = FreshDirectory();
    ASSERT_EQ(WriteTinyRun(directory_, 1), absl::OkStatus());
    config_ = directory_ + "/tiny.yaml";
  }

  // `rubato up` with the tiny configuration and `arguments`.
  Ended Up(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv = {ProgramPath("cli/rubato"), "up", config_};
    if (!::testing::Value(arguments, ::testing::Contains("--run")))
      argv.insert(argv.end(), {"--run", directory_ + "/run"});
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return RunProgram(argv, absl::Seconds(60));
  }

  // Adds lines to the configuration; gives the number of the first of them.
  int Append(const std::string& lines) {
    std::string text = ReadFile(config_).value();
    const auto number = 1 + std::count(text.begin(), text.end(), '\n');
    std::ofstream(config_, std::ios::app) << lines;
    return static_cast<int>(number);
  }

  std::string directory_, config_;
};

TEST_F(Errors, UnknownKeyNamesLineAndNearestKey) {
  const int line = Append("credit: {scheem: coupled}\n");
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr(Concat("tiny.yaml:", line)), HasSubstr("scheem"), HasSubstr("scheme")));
}

TEST_F(Errors, DuplicateKeyNamesItsLine) {
  const int line = Append("credit:\n  q: 0.3\n  q: 0.4\n");
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr(Concat("tiny.yaml:", line + 2)), HasSubstr("q")));
}

TEST_F(Errors, WrongTypeNamesKeyAndValue) {
  const int line = Append("credit: {q: many}\n");
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr(Concat("tiny.yaml:", line)), HasSubstr("credit.q"), HasSubstr("many")));
}

TEST_F(Errors, WrongOverrideIsTheCommandLinesFault) {
  const Ended ended = Up({"learner.lrr=1"});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("learner.lrr"), HasSubstr("learner.lr")));
}

TEST_F(Errors, MissingConfigurationFileIsNamed) {
  config_ = directory_ + "/none.yaml";
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("none.yaml"));
}

TEST_F(Errors, MissingDataFileIsNamed) {
  const Ended ended = Up({"data.train=/nonexistent/train.jsonl"});
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("/nonexistent/train.jsonl"));
}

TEST_F(Errors, DataRowWithoutItsFieldsIsNamedByFileAndLine) {
  std::ofstream(directory_ + "/data/train.jsonl", std::ios::app)
      << "{\"prompt\": \"^1,2,3>6:\", \"target\": 6}\n";
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("train.jsonl:65"), HasSubstr("nums")));
}

TEST_F(Errors, DirectoryWithoutAModelIsNamed) {
  const Ended ended = Up({Concat("policy.model=", directory_, "/data")});
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("policy.model"), HasSubstr("is not a model directory"),
                                  HasSubstr("config.json")));
}

TEST_F(Errors, AreReportedAllAtOnce) {
  Append("credit: {scheem: coupled}\n");
  const Ended ended =
      Up({"data.train=/nonexistent/train.jsonl", Concat("policy.model=", directory_, "/data")});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("scheem"), HasSubstr("/nonexistent/train.jsonl"), HasSubstr("policy.model")));
}

TEST_F(Errors, RunDirectoryThatCannotBeWrittenEndsWith74) {
  std::ofstream(directory_ + "/file") << "not a directory";
  const Ended ended = Up({"--run", directory_ + "/file/run"});
  EXPECT_EQ(ended.code, 74) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr(directory_ + "/file"));
}

TEST_F(Errors, AResponseLongerThanTheModelIsRefusedBeforeAnythingStarts) {
  const Ended ended = Up({"rollout.max_new_tokens=512"});
  EXPECT_EQ(ended.code, 65) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("rollout.max_new_tokens is 512"), HasSubstr("256 positions")));
}

TEST_F(Errors, KeysThatDoNotFitEachOtherAreAConfigurationError) {
  const Ended ended = Up({"batch.min_ok=100"});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("batch.min_ok is 100"));
}

TEST_F(Errors, ExistingRunWithoutResumeNamesTheRemedy) {
  std::filesystem::create_directories(directory_ + "/run");
  std::ofstream(directory_ + "/run/config.yaml") << "run: {name: earlier}\n";
  const Ended ended = Up({});
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("rubato up --resume " + directory_ + "/run"));
}

TEST_F(Errors, ResumeOfNothingIsAMistakeOfTheCommandLine) {
  const Ended ended =
      RunProgram({ProgramPath("cli/rubato"), "up", "--resume", directory_ + "/none"}, absl::Seconds(60));
  EXPECT_EQ(ended.code, 64) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("there is no run"));
}

// A listening socket on a free port of loopback.
class TakenPort {
 public:
  TakenPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size);
    listen(socket_.get(), 1);
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  std::string address() const { return Concat("127.0.0.1:", port_); }

 private:
  UniqueFd socket_;
  int port_ = 0;
};

TEST_F(Errors, TakenPortEndsWith69AndIsNamed) {
  const TakenPort taken;
  const Ended ended = Up({"--listen", taken.address()});
  EXPECT_EQ(ended.code, 69) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr(taken.address()));
}

TEST_F(Errors, AddressOffLoopbackNeedsMutualTls) {
  const Ended ended = Up({"--listen", "0.0.0.0:0"});
  EXPECT_EQ(ended.code, 77) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("TLS"));
}

// A file system of half a megabyte for the ledger, in a mount namespace of its own.
TEST_F(Errors, FullDiskUnderTheLedgerEndsWith74) {
  const std::string ledger = directory_ + "/run/ledger";
  std::filesystem::create_directories(ledger);
  const std::string mount = Concat("mount -t tmpfs -o size=512k tmpfs '", ledger, "'");
  const std::string in_namespace = "unshare --user --map-root-user --mount bash -c ";
  if (RunProgram({"/bin/bash", "-c", Concat(in_namespace, "\"", mount, "\"")}, absl::Seconds(10)).code != 0) {
    GTEST_SKIP() << "this machine allows no file systems of a test's own";
  }
  const std::string up = Concat("exec '", ProgramPath("cli/rubato"), "' up '", config_, "' --run '",
                                directory_, "/run' run.steps=100000");
  const Ended ended =
      RunProgram({"/bin/bash", "-c", Concat(in_namespace, "\"", mount, " && ", up, "\"")}, absl::Seconds(60));
  EXPECT_EQ(ended.code, 74) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("credit ended: exit code 74 (disk or file)"),
                                  // Of SQLite or of the payload's segment, whichever reaches the end first.
                                  AnyOf(HasSubstr("disk is full"), HasSubstr("No space left")),
                                  HasSubstr("start again with --resume")));
}

}  // namespace
}  // namespace rubato
