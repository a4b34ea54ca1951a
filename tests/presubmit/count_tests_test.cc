#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>

#include <array>
#include <fstream>
#include <memory>
#include <string>

namespace rubato {
namespace {

using ::testing::EndsWith;

// Events as `bazel test --build_event_json_file` writes them, as far as they are read.
class CountTests : public ::testing::Test {
 protected:
  void Configured(const std::string& label, const std::string& kind) {
    events_ += "{\"id\":{\"targetConfigured\":{\"label\":\"" + label +
               "\"}},\"configured\":{\"targetKind\":\"" + kind + " rule\"}}\n";
  }

  // A test that ran; empty `cases`: without a result file.
  void Ran(const std::string& label, const std::string& status, const std::string& cases) {
    Configured(label, "cc_test");
    const char* test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string xml = ::testing::TempDir() + "/" + test + std::to_string(++files_) + ".xml";
    if (!cases.empty())
      std::ofstream(xml) << "<testsuites><testsuite>" << cases << "</testsuite></testsuites>";
    events_ += "{\"id\":{\"testResult\":{\"label\":\"" + label +
               "\",\"shard\":1,\"run\":1}},\"testResult\":{\"status\":\"" + status +
               "\",\"testActionOutput\":[{\"name\":\"test.xml\",\"uri\":\"file://" + xml + "\"}]}}\n";
  }

  std::string Count() {
    const std::string file = ::testing::TempDir() + "/events.json";
    std::ofstream(file) << events_;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        popen(("python3 bazel/count_tests.py " + file).c_str(), "r"), pclose);
    std::string output;
    std::array<char, 256> buffer;
    while (fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) output += buffer.data();
    return output;
  }

  std::string events_;
  int files_ = 0;
};

constexpr char kPassed[] = "<testcase name='a' status='run'/>";
constexpr char kFailed[] = "<testcase name='b' status='run'><failure message='x'/></testcase>";
constexpr char kSkipped[] = "<testcase name='c' status='run'><skipped message='no GPU'/></testcase>";

TEST_F(CountTests, AddsUpCasesNotTargets) {
  Ran("//a:a_test", "PASSED", std::string(kPassed) + kPassed + kSkipped);
  Ran("//a:b_test", "FAILED", std::string(kPassed) + kFailed);
  EXPECT_EQ(Count(), "failed: //a:b_test\n3 passed, 1 failed, 1 skipped\n");
}

TEST_F(CountTests, TakesATargetWithoutAResultFileForOneFailure) {
  Ran("//a:crash_test", "FAILED", "");
  EXPECT_EQ(Count(), "failed: //a:crash_test\n0 passed, 1 failed, 0 skipped\n");
}

TEST_F(CountTests, DoesNotBelieveAResultFileThatContradictsItsTarget) {
  Ran("//a:exit_test", "TIMEOUT", kPassed);
  EXPECT_THAT(Count(), EndsWith("1 passed, 1 failed, 0 skipped\n"));
}

TEST_F(CountTests, TakesATestThatWasNeverStartedForOneFailure) {
  Configured("//a:not_built_test", "cc_test");
  Configured("//a:library", "cc_library");
  EXPECT_EQ(Count(), "failed: //a:not_built_test\n0 passed, 1 failed, 0 skipped\n");
}

TEST_F(CountTests, TakesAnIncompatibleTargetForSkipped) {
  Configured("//a:gpu_test", "cc_test");
  events_ +=
      "{\"id\":{\"targetCompleted\":{\"label\":\"//a:gpu_test\"}},\"aborted\":{\"reason\":\"SKIPPED\"}}\n";
  EXPECT_EQ(Count(), "0 passed, 0 failed, 1 skipped\n");
}

TEST_F(CountTests, DoesNotCountAnIncompatibleTargetThatIsNoTest) {
  Configured("//a:gpu_bench", "cc_binary");
  events_ +=
      "{\"id\":{\"targetCompleted\":{\"label\":\"//a:gpu_bench\"}},\"aborted\":{\"reason\":\"SKIPPED\"}}\n";
  EXPECT_EQ(Count(), "0 passed, 0 failed, 0 skipped\n");
}

}  // namespace
}  // namespace rubato
