#include "credit/name_registry.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rubato {
namespace {

HelloRequest Hello(const std::string& instance, int pid) {
  HelloRequest request;
  request.set_role(ROLLOUT);
  request.set_name("worker-0");
  request.set_instance(instance);
  request.set_pid(pid);
  return request;
}

TEST(ProcessIsAlive, TellsTheLivingFromTheDeadAndFromZombies) {
  EXPECT_TRUE(ProcessIsAlive(getpid()));
  const pid_t child = fork();
  if (child == 0) pause();
  EXPECT_TRUE(ProcessIsAlive(child));
  kill(child, SIGKILL);
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(ProcessIsAlive(child)) << "a zombie";
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(ProcessIsAlive(child)) << "reaped";
}

TEST(NameRegistry, GivesANameToOneLiveProcess) {
  NameRegistry names([](int pid) { return pid == 1; });
  const absl::Time now = absl::UnixEpoch();
  EXPECT_TRUE(names.Register(Hello("a", 1), now).ok());
  EXPECT_TRUE(names.Register(Hello("a", 1), now).ok()) << "the same again";
  EXPECT_EQ(names.Register(Hello("b", 2), now).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(names.Heard(ROLLOUT, "worker-0", "a", now).ok());
  EXPECT_EQ(names.Heard(ROLLOUT, "worker-0", "b", now).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(names.Heard(LEARNER, "worker-0", "a", now).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(NameRegistry, GivesTheNameOfADeadProcessToItsSuccessor) {
  NameRegistry names([](int) { return false; });
  const absl::Time now = absl::UnixEpoch();
  ASSERT_TRUE(names.Register(Hello("a", 1), now).ok());
  EXPECT_TRUE(names.Register(Hello("b", 2), now).ok());
  EXPECT_EQ(names.Heard(ROLLOUT, "worker-0", "a", now).status().code(), absl::StatusCode::kAborted);
}

TEST(NameRegistry, TakesSilenceForDeathWhenThereIsNoProcessToLookAt) {
  NameRegistry names([](int) { return true; });
  const absl::Time now = absl::UnixEpoch();
  ASSERT_TRUE(names.Register(Hello("a", 0), now).ok());
  EXPECT_FALSE(names.Register(Hello("b", 5), now + absl::Seconds(10)).ok());
  names.Touch(ROLLOUT, "worker-0", now + absl::Seconds(10));
  EXPECT_FALSE(names.Register(Hello("b", 5), now + absl::Seconds(20)).ok());
  EXPECT_TRUE(names.Register(Hello("b", 5), now + absl::Seconds(26)).ok());
}

TEST(NameRegistry, RefusesAHelloWithoutAName) {
  NameRegistry names;
  EXPECT_EQ(names.Register(HelloRequest(), absl::UnixEpoch()).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rubato
