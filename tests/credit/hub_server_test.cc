// The hub over gRPC on loopback: whole steps, and calls that wait.

#include "credit/hub_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "common/exit_code.h"
#include "common/file.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_inputs_for_tests.h"
#include "tests/credit/hub_over_grpc_client.h"
#include "tests/integration/history_checker.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

class HubServerTest : public testing::Test {
 protected:
  HubServerTest() : inputs_(TinyInputs(nullptr, 2)) {
    directory_ =
        testing::TempDir() + "/server_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
  }

  HubServerOptions Options() const {
    HubServerOptions options;
    options.hub.run_directory = directory_;
    options.hub.resume = true;
    options.hub.process_is_alive = [](int) { return false; };
    options.address_file = directory_ + "/hub.address";
    return options;
  }

  void Start() {
    auto server = HubServer::Start(inputs_, Options());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  HubInputs inputs_;
  std::string directory_;
  std::unique_ptr<HubServer> server_;
};

TEST_F(HubServerTest, CarriesAWholeRun) {
  Start();
  const auto hub = ConnectToHub(server_->address());
  FakeWorker worker(hub.get(), &inputs_, "worker-0", 10);
  FakeLearner learner(hub.get(), &inputs_, 1, 20);
  for (int round = 0; round < 30 && !hub->Status()->finished(); ++round) {
    ASSERT_TRUE(worker.Work(8).ok());
    ASSERT_TRUE(learner.Work().ok());
  }
  EXPECT_TRUE(hub->Status()->finished());
  EXPECT_EQ(hub->Status()->current().digest(), learner.digest());
  EXPECT_THAT(learner.complaints(), testing::IsEmpty());
}

TEST_F(HubServerTest, SaysWhereItAnswersOnceItDoes) {
  Start();
  EXPECT_EQ(*ReadFile(directory_ + "/hub.address"), server_->address() + "\n");
}

TEST_F(HubServerTest, HoldsALeaseUntilThereIsWork) {
  Start();
  const auto hub = ConnectToHub(server_->address(), absl::Seconds(30));
  FakeWorker worker(hub.get(), &inputs_, "worker-0", 10);
  ASSERT_TRUE(worker.Hello().ok());
  absl::StatusOr<LeaseReply> reply;
  std::thread waits([&] { reply = worker.Lease(8); });
  const auto other = ConnectToHub(server_->address());
  FakeLearner learner(other.get(), &inputs_, 1, 20);
  EXPECT_TRUE(learner.Join().ok());
  waits.join();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_GT(reply->work_size(), 0);
}

TEST_F(HubServerTest, AnswersACallThatWaitedLongEnoughWithNothing) {
  Start();
  const auto hub = ConnectToHub(server_->address(), absl::Milliseconds(20));
  FakeWorker worker(hub.get(), &inputs_, "worker-0", 10);
  EXPECT_EQ(worker.Lease(8)->work_size(), 0);
}

TEST_F(HubServerTest, LetsWaitingCallsGoWhenItStops) {
  Start();
  const auto hub = ConnectToHub(server_->address(), absl::Seconds(30));
  FakeWorker worker(hub.get(), &inputs_, "worker-0", 10);
  ASSERT_TRUE(worker.Hello().ok());
  LeaseRequest request;
  *request.mutable_fencing() = worker.fencing();
  request.set_worker("worker-0");
  request.set_instance(worker.instance());
  request.set_max_samples(1);
  absl::StatusOr<LeaseReply> reply;
  std::thread waits([&] { reply = hub->Lease(request); });
  // Whether the call waits already or has not arrived yet, it ends the same way.
  server_.reset();
  waits.join();
  // A server that shuts down cancels a call that reaches it at that moment; both codes are tried again.
  EXPECT_TRUE(absl::IsUnavailable(reply.status()) || absl::IsCancelled(reply.status())) << reply.status();
}

TEST_F(HubServerTest, CarriesErrorsWithTheirCodes) {
  Start();
  const auto hub = ConnectToHub(server_->address());
  LeaseRequest request;
  EXPECT_EQ(hub->Lease(request).status().code(), absl::StatusCode::kUnauthenticated);
  HelloRequest hello;
  hello.set_protocol_version(99);
  EXPECT_EQ(hub->Hello(hello).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(HubServerTest, NamesAPortThatIsTaken) {
  Start();
  HubServerOptions options = Options();
  options.hub.run_directory = directory_ + "/other";
  options.listen = server_->address();
  const auto second = HubServer::Start(inputs_, options);
  EXPECT_EQ(ExitCodeFor(second.status()), ExitCode::kUnavailable) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server_->address()));
}

TEST_F(HubServerTest, NamesTheHubThatHasTheRunDirectory) {
  Start();
  const auto second = HubServer::Start(inputs_, Options());
  EXPECT_EQ(ExitCodeFor(second.status()), ExitCode::kUnavailable) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another hub"));
}

}  // namespace
}  // namespace rubato
