// What every process of a run answers over HTTP, as Prometheus' own linter sees it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <fstream>
#include <map>

#include "cli/run_client.h"
#include "common/address.h"
#include "common/concat.h"
#include "common/file.h"
#include "tests/integration/harness.h"
#include "tests/integration/program.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kPatience = absl::Seconds(60);

std::string Get(const std::string& address, const std::string& path, int expected) {
  const Address parsed = ParseAddress(address).value();
  httplib::Client client(parsed.host, parsed.port);
  const httplib::Result result = client.Get(path.c_str());
  if (!result) return "";
  EXPECT_EQ(result->status, expected) << address << path;
  return result->body;
}

// Of all roles, as the hub tells them, and of the hub, as its log does.
std::map<std::string, std::string> MetricsAddresses(const LiveRun& run) {
  std::map<std::string, std::string> addresses;
  const std::string hub = ReadFile(run.run_directory() + "/hub.address").value();
  RunClient client = RunClient::Connect(hub.substr(0, hub.find('\n'))).value();
  const RunStatus status = client.Status(kPatience).value();
  for (const RoleStatus& role : status.roles()) addresses[role.name()] = role.metrics_address();
  const std::string log = run.Log("credit"), key = "\"metrics\":\"";
  const size_t at = log.find(key) + key.size();
  addresses["credit"] = log.substr(at, log.find('"', at) - at);
  return addresses;
}

// What promtool has to say about a scrape: nothing, if it is good.
Ended Lint(const std::string& scrape) {
  const std::string file = FreshDirectory() + "/metrics.txt";
  std::ofstream(file) << scrape;
  return RunProgram(
      {"/bin/bash", "-c", Concat(ProgramPath("../promtool/promtool"), " check metrics < ", file)}, kPatience);
}

TEST(Metrics, OfEveryProcessPassPromtool) {
  const std::unique_ptr<LiveRun> run = LiveRun::Start({.overrides = {"run.steps=100000"}}).value();
  ASSERT_EQ(run->WaitForCommit(2, kPatience), absl::OkStatus());
  const std::map<std::string, std::string> addresses = MetricsAddresses(*run);
  EXPECT_THAT(addresses, UnorderedElementsAre(Key("credit"), Key("rank-0"), Key("rank-1"), Key("worker-0"),
                                              Key("worker-1")));
  for (const auto& [role, address] : addresses) {
    SCOPED_TRACE(role);
    const std::string scrape = Get(address, "/metrics", 200);
    EXPECT_THAT(scrape, HasSubstr("rubato_role_up"));
    const Ended lint = Lint(scrape);
    EXPECT_EQ(lint.code, 0);
    EXPECT_THAT(lint.output, IsEmpty());
    EXPECT_EQ(Get(address, "/livez", 200), "ok\n");
    EXPECT_EQ(Get(address, "/readyz", 200), "ok\n");
  }
}

TEST(Metrics, WithAFaultAreRefusedByPromtool) {
  const Ended lint = Lint("# TYPE rubato_x counter\nrubato_x 1\n");
  EXPECT_NE(lint.code, 0);
  EXPECT_THAT(lint.output, HasSubstr("rubato_x"));
}

}  // namespace
}  // namespace rubato
