#include "credit/name_registry.h"

#include "common/concat.h"
#include "common/file.h"

namespace rubato {

bool ProcessIsAlive(int pid) {
  const absl::StatusOr<std::string> stat = ReadFile(Concat("/proc/", pid, "/stat"), 4096);
  if (!stat.ok()) return false;
  // "PID (NAME) STATE ...": the name may hold anything, also parentheses.
  const size_t end_of_name = stat->rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 2 >= stat->size()) return false;
  const char state = (*stat)[end_of_name + 2];
  return state != 'Z' && state != 'X';
}

bool NameRegistry::IsLive(const NamedRole& holder, absl::Time now) const {
  return holder.pid > 0 ? is_alive_(holder.pid) : now - holder.last_seen < kSilence;
}

absl::Status NameRegistry::Register(const HelloRequest& hello, absl::Time now) {
  if (hello.name().empty() || hello.instance().empty()) {
    return absl::InvalidArgumentError("hello needs a name and an instance");
  }
  NamedRole& holder = roles_[{hello.role(), hello.name()}];
  if (!holder.instance.empty() && holder.instance != hello.instance()) {
    if (holder.pid != hello.pid() && IsLive(holder, now)) {
      return absl::AlreadyExistsError(Concat(
          "the name ", hello.name(), " is held by process ", holder.pid, ", heard ",
          absl::FormatDuration(absl::Trunc(now - holder.last_seen, absl::Milliseconds(1))), " ago; process ",
          hello.pid(), " cannot have it too. End that one, or start this one under another name"));
    }
  }
  holder = {.role = hello.role(),
            .name = hello.name(),
            .instance = hello.instance(),
            .metrics_address = hello.metrics_address(),
            .pid = hello.pid(),
            .last_seen = now,
            .serving = {},
            .generated_tokens = 0};
  return absl::OkStatus();
}

absl::StatusOr<NamedRole*> NameRegistry::Heard(Role role, const std::string& name,
                                               const std::string& instance, absl::Time now) {
  const auto found = roles_.find({role, name});
  if (found == roles_.end())
    return absl::UnauthenticatedError(Concat(name, " has not said hello to this hub"));
  NamedRole& holder = found->second;
  if (holder.instance != instance) {
    return absl::AbortedError(Concat("another process (", holder.pid, ") is ", name, " now"));
  }
  holder.last_seen = now;
  return &holder;
}

void NameRegistry::Touch(Role role, const std::string& name, absl::Time now) {
  const auto found = roles_.find({role, name});
  if (found != roles_.end()) found->second.last_seen = now;
}

}  // namespace rubato
