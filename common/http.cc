#include "common/http.h"

#include <httplib.h>

#include <thread>

#include "common/address.h"
#include "common/concat.h"
#include "common/status.h"
#include "common/why_not_listening.h"

namespace rubato {
namespace {

// Without SO_REUSEPORT, which the library sets by default: a taken port must be an error.
void SetSocketOptions(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

// A page of the web that a browser shows must not reach us through a name that it points at 127.0.0.1.
bool IsForUs(const httplib::Request& request) {
  const std::string host = request.get_header_value("Host");
  const auto address = ParseAddress(host.rfind(':') == std::string::npos ? host + ":80" : host);
  return host.empty() || host == "[::1]" || (address.ok() && address->IsLoopback());
}

HttpResponse Plain(int status, std::string_view text) {
  return {.status = status, .body = Concat(text, "\n")};
}

HttpResponse Answer(const HttpHandlers& handlers, const httplib::Request& request) {
  if (request.method != "GET" && request.method != "HEAD")
    return Plain(405, "only GET and HEAD are answered");
  if (!IsForUs(request)) return Plain(403, "only requests for this machine by a loopback name are answered");
  const auto handler = handlers.find(request.path);
  if (handler == handlers.end()) return Plain(404, "there is nothing at this path");
  try {
    return handler->second({request.path, {request.params.begin(), request.params.end()}});
  } catch (const std::exception& error) {
    return Plain(500, Concat("the handler failed: ", error.what()));
  }
}

void Send(const HttpResponse& answer, const httplib::Request& request, httplib::Response* response) {
  response->status = answer.status;
  response->set_header("Cache-Control", "no-store");
  response->set_header("X-Content-Type-Options", "nosniff");
  // A body that was not asked for would be taken for the next request.
  if (request.method != "GET") response->set_header("Connection", "close");
  response->set_content(answer.body, answer.content_type);
}

void Configure(const HttpServerOptions& options, HttpHandlers handlers, httplib::Server* server) {
  server->set_socket_options(SetSocketOptions);
  server->new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
  server->set_read_timeout(absl::ToChronoMilliseconds(options.read_timeout));
  server->set_write_timeout(absl::ToChronoMilliseconds(options.write_timeout));
  // An idle connection holds a thread.
  server->set_keep_alive_timeout(1);
  server->set_payload_max_length(4096);
  server->set_pre_routing_handler(
      [handlers = std::move(handlers)](const httplib::Request& request, httplib::Response& response) {
        Send(Answer(handlers, request), request, &response);
        return httplib::Server::HandlerResponse::Handled;
      });
}

}  // namespace

struct HttpServer::Running {
  ~Running() {
    server.stop();
    if (thread.joinable()) thread.join();
  }

  std::string address;
  httplib::Server server;
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}
HttpServer::~HttpServer() = default;
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

absl::StatusOr<HttpServer> HttpServer::Start(const std::string& address, HttpHandlers handlers,
                                             const HttpServerOptions& options) {
  ASSIGN_OR_RETURN(Address parsed, ParseLoopbackAddress(address));
  auto running = std::make_unique<Running>();
  Configure(options, std::move(handlers), &running->server);
  if (parsed.port != 0) {
    if (!running->server.bind_to_port(parsed.host, parsed.port)) return WhyNotListening(parsed);
  } else {
    const int port = running->server.bind_to_any_port(parsed.host);
    if (port <= 0) return WhyNotListening(parsed);
    parsed.port = static_cast<uint16_t>(port);
  }
  running->address = parsed.ToString();
  running->thread = std::thread([server = &running->server] { server->listen_after_bind(); });
  // Before it runs the library would ignore a stop.
  while (!running->server.is_running()) std::this_thread::yield();
  return HttpServer(std::move(running));
}

const std::string& HttpServer::address() const { return running_->address; }

}  // namespace rubato
