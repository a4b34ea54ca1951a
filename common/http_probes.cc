#include "common/http_probes.h"

#include <string>
#include <utility>

namespace rubato {

HttpHandlers ProbeHandlers(const Metrics* metrics, std::function<absl::Status()> ready) {
  HttpHandlers handlers;
  handlers["/metrics"] = [metrics](const HttpRequest&) {
    return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                        .body = metrics->Render()};
  };
  handlers["/livez"] = [](const HttpRequest&) { return HttpResponse{.body = "ok\n"}; };
  handlers["/readyz"] = [ready = std::move(ready)](const HttpRequest&) {
    const absl::Status status = ready();
    if (status.ok()) return HttpResponse{.body = "ok\n"};
    return HttpResponse{.status = 503, .body = std::string(status.message()) + "\n"};
  };
  return handlers;
}

}  // namespace rubato
