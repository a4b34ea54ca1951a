#include "credit/hub_server.h"

#include <optional>
#include <utility>

#include "common/file.h"
#include "common/http.h"
#include "common/http_probes.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/rpc/server.h"
#include "common/status.h"
#include "credit/learner_service.h"
#include "credit/rollout_service.h"
#include "credit/run_service.h"

namespace rubato {
namespace {

class RunningHubServer final : public HubServer {
 public:
  absl::Status Open(HubInputs inputs, const HubServerOptions& options) {
    HubOptions hub = options.hub;
    hub.metrics = &metrics_;
    ASSIGN_OR_RETURN(hub_, Hub::Start(std::move(inputs), hub));
    rollout_ = MakeRolloutService(hub_.get());
    learner_ = MakeLearnerService(hub_.get());
    run_ = MakeRunService(hub_.get());
    ASSIGN_OR_RETURN(rpc_, RpcServer::Start(options.listen, {rollout_.get(), learner_.get(), run_.get()}));
    ASSIGN_OR_RETURN(http_, HttpServer::Start(options.metrics_listen,
                                              ProbeHandlers(&metrics_, [] { return absl::OkStatus(); })));
    LogInfo("serving", {{"address", address()}, {"metrics", metrics_address()}});
    if (options.address_file.empty()) return absl::OkStatus();
    return WriteFileAtomically(options.address_file, address() + "\n");
  }

  // Calls that wait are answered before the server that carries their replies goes.
  ~RunningHubServer() override {
    if (hub_ != nullptr) hub_->Stop();
  }

  const std::string& address() const override { return rpc_->address(); }
  const std::string& metrics_address() const override { return http_->address(); }

 private:
  Metrics metrics_{"credit"};
  std::unique_ptr<Hub> hub_;
  std::shared_ptr<grpc::Service> rollout_, learner_, run_;
  std::optional<RpcServer> rpc_;
  std::optional<HttpServer> http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HubServer>> HubServer::Start(HubInputs inputs,
                                                            const HubServerOptions& options) {
  auto server = std::make_unique<RunningHubServer>();
  RETURN_IF_ERROR(server->Open(std::move(inputs), options));
  return server;
}

}  // namespace rubato
