#include "common/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "common/log.h"

namespace rubato {

void QuietGrpcLog() {
  [[maybe_unused]] static const bool once = [] {
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
    gpr_set_log_function([](gpr_log_func_args* args) { LogDebug("grpc", {{"message", args->message}}); });
    return true;
  }();
}

}  // namespace rubato
