#include "common/rpc/server.h"

#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <mutex>
#include <set>

#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "proto/run.grpc.pb.h"

namespace rubato {
namespace {

// Answers Status; holds Drain until the call is cancelled.
class FakeRun : public RunControl::CallbackService {
 public:
  grpc::ServerUnaryReactor* Status(grpc::CallbackServerContext* context, const StatusRequest*,
                                   RunStatus* reply) override {
    reply->set_run_name(std::string(size, 'n'));
    {
      std::lock_guard lock(mutex);
      peers.insert(context->peer());
    }
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* Drain(grpc::CallbackServerContext*, const DrainRequest*, DrainReply*) override {
    struct Held : grpc::ServerUnaryReactor {
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override { delete this; }
    };
    held.set_value();
    return new Held;
  }

  size_t size = 3;
  size_t PeerCount() {
    std::lock_guard lock(mutex);
    return peers.size();
  }
  std::mutex mutex;
  std::set<std::string> peers;
  std::promise<void> held;
};

absl::StatusOr<RunStatus> AskStatus(const std::shared_ptr<grpc::Channel>& channel) {
  CallContext context(absl::Seconds(20));
  RunStatus reply;
  const absl::Status status =
      FromGrpc(RunControl::NewStub(channel)->Status(context.get(), StatusRequest(), &reply));
  if (!status.ok()) return status;
  return reply;
}

class RpcServerTest : public testing::Test {
 protected:
  absl::StatusOr<RpcServer> Start(const std::string& address = "127.0.0.1:0") {
    return RpcServer::Start(address, {&run_}, {.shutdown_grace = absl::ZeroDuration()});
  }
  FakeRun run_;
};

TEST_F(RpcServerTest, TakesAFreePortAndAnswersThere) {
  auto server = Start();
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_NE(server->address(), "127.0.0.1:0");
  EXPECT_EQ(AskStatus(*MakeChannel(server->address()))->run_name(), "nnn");
}

TEST_F(RpcServerTest, ListensOnIpv6LoopbackToo) {
  auto server = Start("[::1]:0");
  if (!server.ok()) GTEST_SKIP() << "this machine has no IPv6 loopback: " << server.status();
  EXPECT_TRUE(AskStatus(*MakeChannel(server->address())).ok());
}

TEST_F(RpcServerTest, NamesAPortThatIsTaken) {
  auto first = Start();
  ASSERT_TRUE(first.ok());
  auto second = Start(first->address());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  const std::string message(second.status().message());
  EXPECT_NE(message.find("cannot listen on " + first->address()), std::string::npos) << message;
  EXPECT_NE(message.find("in use"), std::string::npos) << message;
}

TEST_F(RpcServerTest, FreesItsPortWhenItEnds) {
  std::string address;
  {
    auto server = Start();
    address = server->address();
  }
  EXPECT_TRUE(Start(address).ok());
}

TEST_F(RpcServerTest, RefusesToLeaveLoopback) {
  EXPECT_EQ(Start("0.0.0.0:0").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(MakeChannel("10.1.2.3:7000").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(MakeChannel("127.0.0.1").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeChannel("127.0.0.1:0").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RpcServerTest, MovesWhileItRuns) {
  auto server = Start();
  RpcServer moved = *std::move(server);
  EXPECT_TRUE(AskStatus(*MakeChannel(moved.address())).ok());
}

TEST_F(RpcServerTest, CancelsHeldCallsAtShutdown) {
  auto server = Start();
  ASSERT_TRUE(server.ok());
  auto call = std::async(std::launch::async, [&] {
    CallContext context(absl::Minutes(1));
    DrainReply reply;
    return FromGrpc(
        RunControl::NewStub(*MakeChannel(server->address()))->Drain(context.get(), DrainRequest(), &reply));
  });
  run_.held.get_future().wait();
  server->Shutdown();
  EXPECT_FALSE(call.get().ok());
}

TEST_F(RpcServerTest, RefusesAMessageAboveTheLimit) {
  run_.size = 2000;
  auto server = Start();
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(AskStatus(*MakeChannel(server->address(), {.max_receive_bytes = 1000})).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(AskStatus(*MakeChannel(server->address(), {.max_receive_bytes = 3000})).ok());
}

TEST_F(RpcServerTest, SharesAConnectionUnlessToldOtherwise) {
  auto server = Start();
  ASSERT_TRUE(server.ok());
  const auto first = *MakeChannel(server->address()), second = *MakeChannel(server->address());
  ASSERT_TRUE(AskStatus(first).ok() && AskStatus(second).ok());
  EXPECT_EQ(run_.PeerCount(), 1u);
  const auto own = *MakeChannel(server->address(), {.own_connection = true});
  ASSERT_TRUE(AskStatus(own).ok());
  EXPECT_EQ(run_.PeerCount(), 2u);
}

TEST_F(RpcServerTest, IsReachedWithoutTheProxyOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  auto server = Start();
  ASSERT_TRUE(server.ok());
  EXPECT_TRUE(AskStatus(*MakeChannel(server->address())).ok());
  ::unsetenv("http_proxy");
}

TEST_F(RpcServerTest, IsUnavailableOnceItHasEnded) {
  std::string address;
  {
    auto server = Start();
    ASSERT_TRUE(server.ok());
    address = server->address();
  }
  EXPECT_EQ(AskStatus(*MakeChannel(address)).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RpcServerTest, CallsEndWhenAStopIsRequested) {
  auto server = Start();
  ASSERT_TRUE(server.ok());
  std::stop_source stop;
  auto call = std::async(std::launch::async, [&] {
    CallContext context(absl::Minutes(1), stop.get_token());
    DrainReply reply;
    return FromGrpc(
        RunControl::NewStub(*MakeChannel(server->address()))->Drain(context.get(), DrainRequest(), &reply));
  });
  run_.held.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(call.get().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace rubato
