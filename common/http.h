// A small HTTP server for people and probes: GET and HEAD of fixed paths, on loopback.
//
// A value: Start gives a running server or an error, the destructor stops it.  Handlers run on its own
// threads, at most `threads` at a time, and must be thread-safe and short.  Anything else than a known path
// is 404, another method 405, an exception 500; requests are small or refused.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rubato {

struct HttpRequest {
  std::string path;
  std::multimap<std::string, std::string> query;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
using HttpHandlers = std::map<std::string, HttpHandler>;  // by path: "/metrics"

struct HttpServerOptions {
  int threads = 2;
  absl::Duration read_timeout = absl::Seconds(5);
  absl::Duration write_timeout = absl::Seconds(5);
};

class HttpServer {
 public:
  // `address` is HOST:PORT; port 0 takes a free one.  PERMISSION_DENIED off loopback, UNAVAILABLE naming the
  // port when it is taken.
  static absl::StatusOr<HttpServer> Start(const std::string& address, HttpHandlers handlers,
                                          const HttpServerOptions& options = {});
  ~HttpServer();
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;

  // With the port it really has.
  const std::string& address() const;

 private:
  struct Running;
  explicit HttpServer(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace rubato
