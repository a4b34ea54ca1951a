#include "credit/hub_process.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "common/config.h"
#include "common/log.h"
#include "common/problems.h"
#include "common/status.h"
#include "credit/hub_inputs.h"
#include "credit/hub_server.h"

namespace rubato {
namespace {

// The hub's word that it cannot go on, for the thread that waits for it.
class End {
 public:
  void Tell(const absl::Status& why) {
    std::lock_guard lock(mutex_);
    why_ = why;
    told_.notify_all();
  }
  // OK when `stop` came first.
  absl::Status Wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, stop, [&] { return why_.has_value(); });
    return why_.value_or(absl::OkStatus());
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any told_;
  std::optional<absl::Status> why_;
};

absl::StatusOr<HubInputs> ReadInputs(const std::string& config_path) {
  Problems problems;
  const RunConfig config = LoadRunConfig(config_path, {}, &problems);
  RETURN_IF_ERROR(problems.ToStatus(ExitCode::kUsage));
  return LoadHubInputs(config);
}

}  // namespace

absl::Status RunHubProcess(const HubProcessOptions& options, const std::stop_token& stop) {
  ASSIGN_OR_RETURN(HubInputs inputs, ReadInputs(options.config));
  LogInfo("inputs", {{"train_rows", inputs.train.size()}, {"eval_rows", inputs.eval.size()}});
  End end;
  HubServerOptions server_options;
  server_options.listen = options.listen;
  server_options.metrics_listen = options.metrics_listen;
  server_options.address_file = options.address_file;
  server_options.hub.run_directory = options.run_directory;
  server_options.hub.resume = options.resume;
  server_options.hub.owner = options.owner;
  server_options.hub.on_end = [&end](const absl::Status& why) { end.Tell(why); };
  ASSIGN_OR_RETURN(const std::unique_ptr<HubServer> server,
                   HubServer::Start(std::move(inputs), server_options));
  return end.Wait(stop);
}

}  // namespace rubato
