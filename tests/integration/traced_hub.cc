#include "tests/integration/traced_hub.h"

#include <filesystem>

#include "absl/time/clock.h"
#include "common/concat.h"
#include "common/file.h"
#include "tests/integration/harness.h"

namespace rubato {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

std::string WaitForAddress(const std::string& file, Subprocess* hub) {
  for (const absl::Time end = absl::Now() + kPatience; absl::Now() < end;) {
    if (const absl::StatusOr<std::string> address = ReadFile(file); address.ok()) {
      return address->substr(0, address->find('\n'));
    }
    if (hub->Wait(absl::Milliseconds(5))) break;
  }
  return "";
}

}  // namespace

TracedHub TracedHub::Start(const std::string& directory, const std::vector<std::string>& strace) {
  std::filesystem::remove(directory + "/address");
  SubprocessOptions options;
  if (!strace.empty()) {
    options.argv = {kStrace, "-f"};
    options.argv.insert(options.argv.end(), strace.begin(), strace.end());
  }
  const std::vector<std::string> hub = {ProgramPath("credit/rubato-credit"),
                                        Concat("--run=", directory, "/run"),
                                        Concat("--config=", directory, "/tiny.yaml"), "--resume",
                                        Concat("--address_file=", directory, "/address")};
  options.argv.insert(options.argv.end(), hub.begin(), hub.end());
  options.out = options.err = ProcessOutput::AppendToFile(directory + "/log");
  TracedHub traced;
  absl::StatusOr<Subprocess> process = Subprocess::Start(options);
  if (!process.ok()) return traced;
  traced.process = *std::move(process);
  traced.address = WaitForAddress(directory + "/address", &*traced.process);
  return traced;
}

}  // namespace rubato
