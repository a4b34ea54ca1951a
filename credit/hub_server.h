// A hub that answers on the network: gRPC for the roles, HTTP for probes.
//
// A server is a value: Start gives a running one or an error, the destructor stops it; port 0 takes a free
// port.

#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "credit/hub.h"

namespace rubato {

struct HubServerOptions {
  std::string listen = "127.0.0.1:0";
  std::string metrics_listen = "127.0.0.1:0";
  std::string address_file;  // written, atomically, once the hub answers; empty: none
  HubOptions hub;            // without metrics, which the server makes
};

class HubServer {
 public:
  // Errors of Hub::Start; UNAVAILABLE: an address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HubServer>> Start(HubInputs inputs, const HubServerOptions& options);
  virtual ~HubServer() = default;

  virtual const std::string& address() const = 0;
  virtual const std::string& metrics_address() const = 0;
};

}  // namespace rubato
