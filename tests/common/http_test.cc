#include "common/http.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "common/concat.h"
#include "common/http_probes.h"
#include "tests/common/http_get.h"

namespace rubato {
namespace {

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

HttpHandlers Greeting() {
  return {{"/hello", [](const HttpRequest& request) {
             const auto name = request.query.find("name");
             return HttpResponse{.body = "hello " + (name == request.query.end() ? "you" : name->second)};
           }}};
}

class HttpTest : public testing::Test {
 protected:
  void Start(HttpHandlers handlers) {
    auto server = HttpServer::Start("127.0.0.1:0", std::move(handlers));
    ASSERT_TRUE(server.ok()) << server.status();
    server_.emplace(*std::move(server));
  }
  std::string Get(const std::string& path) { return HttpGet(server_->address(), path); }
  std::string Send(const std::string& method, const std::string& host) {
    return RawHttp(server_->address(), Concat(method, " /hello HTTP/1.1\r\nHost: ", host,
                                              "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  }

  std::optional<HttpServer> server_;
};

TEST_F(HttpTest, AnswersAtItsPath) {
  Start(Greeting());
  EXPECT_TRUE(Contains(Get("/hello?name=a%20b"), "HTTP/1.1 200"));
  EXPECT_TRUE(Contains(Get("/hello?name=a%20b"), "hello a b"));
  EXPECT_TRUE(Contains(Get("/other"), "HTTP/1.1 404"));
  EXPECT_TRUE(Contains(Get("/hello/../other"), "HTTP/1.1 404"));
}

TEST_F(HttpTest, AnswersOnlyGetAndHead) {
  Start(Greeting());
  EXPECT_TRUE(Contains(Send("HEAD", "localhost"), "HTTP/1.1 200"));
  EXPECT_FALSE(Contains(Send("HEAD", "localhost"), "hello you"));
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    EXPECT_TRUE(Contains(Send(method, "localhost"), "HTTP/1.1 405")) << method;
  }
}

TEST_F(HttpTest, RefusesANameThatSomebodyPointedHere) {
  Start(Greeting());
  for (const char* host : {"localhost", "127.0.0.1:80", "[::1]:9", "localhost:1234"}) {
    EXPECT_TRUE(Contains(Send("GET", host), "HTTP/1.1 200")) << host;
  }
  EXPECT_TRUE(Contains(Send("GET", "evil.example.org"), "HTTP/1.1 403"));
}

TEST_F(HttpTest, TurnsAnExceptionIntoA500) {
  Start({{"/bad", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("broken"); }}});
  EXPECT_TRUE(Contains(Get("/bad"), "HTTP/1.1 500"));
  EXPECT_TRUE(Contains(Get("/bad"), "broken"));
}

TEST_F(HttpTest, RefusesWhatIsTooLong) {
  Start(Greeting());
  EXPECT_FALSE(Contains(Get("/hello?name=" + std::string(100000, 'x')), "HTTP/1.1 200"));
}

TEST_F(HttpTest, NamesAPortThatIsTaken) {
  Start({});
  const auto second = HttpServer::Start(server_->address(), {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Contains(std::string(second.status().message()), server_->address())) << second.status();
}

TEST_F(HttpTest, RefusesToLeaveLoopback) {
  EXPECT_EQ(HttpServer::Start("0.0.0.0:0", {}).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(HttpTest, StopsWhenItIsDestroyed) {
  Start(Greeting());
  const std::string address = server_->address();
  server_.reset();
  EXPECT_EQ(HttpGet(address, "/hello"), "");
  EXPECT_TRUE(HttpServer::Start(address, {}).ok());
}

TEST_F(HttpTest, MovesWhileItRuns) {
  Start(Greeting());
  HttpServer moved = *std::move(server_);
  EXPECT_TRUE(Contains(HttpGet(moved.address(), "/hello"), "hello you"));
}

TEST_F(HttpTest, ProbesSayWhetherTheProcessLivesAndIsReady) {
  Metrics metrics("test");
  absl::Status ready = absl::UnavailableError("no hub yet");
  Start(ProbeHandlers(&metrics, [&] { return ready; }));
  EXPECT_TRUE(Contains(Get("/livez"), "HTTP/1.1 200"));
  EXPECT_TRUE(Contains(Get("/readyz"), "HTTP/1.1 503"));
  EXPECT_TRUE(Contains(Get("/readyz"), "no hub yet"));
  ready = absl::OkStatus();
  EXPECT_TRUE(Contains(Get("/readyz"), "HTTP/1.1 200"));
  EXPECT_TRUE(Contains(Get("/metrics"), "rubato_role_up{role=\"test\"} 1"));
  EXPECT_TRUE(Contains(Get("/metrics"), "Content-Type: text/plain; version=0.0.4"));
}

}  // namespace
}  // namespace rubato
