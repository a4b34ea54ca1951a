// Who said hello to this start of the hub, and who therefore holds which name.  Kept in memory only: after a
// restart everyone says hello again.
//
// Owned by the hub's thread.

#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/hello.pb.h"

namespace rubato {

struct NamedRole {
  Role role = ROLE_UNSPECIFIED;
  std::string name;
  std::string instance;
  std::string metrics_address;
  int pid = 0;
  absl::Time last_seen;
  WeightVersion serving;          // as a worker said last
  uint64_t generated_tokens = 0;  // since the start of this instance
};

// Whether a process of this machine runs and is not a zombie.
bool ProcessIsAlive(int pid);

class NameRegistry {
 public:
  // A holder that gave no pid counts as alive for this long after it was heard.
  static constexpr absl::Duration kSilence = absl::Seconds(15);

  explicit NameRegistry(std::function<bool(int pid)> is_alive = ProcessIsAlive)
      : is_alive_(std::move(is_alive)) {}

  // Gives `hello.name` to `hello.instance`.  An instance that had it before is gone.
  // ALREADY_EXISTS naming the holder: another instance that is alive has the name.  INVALID_ARGUMENT: a field
  // is empty.
  absl::Status Register(const HelloRequest& hello, absl::Time now);

  // The role, and notes that it was heard.  UNAUTHENTICATED: it has not said hello.  ABORTED: another
  // instance has its name.
  absl::StatusOr<NamedRole*> Heard(Role role, const std::string& name, const std::string& instance,
                                   absl::Time now);

  // Notes that a role was heard, by a call that names no instance.
  void Touch(Role role, const std::string& name, absl::Time now);

  const std::map<std::pair<Role, std::string>, NamedRole>& roles() const { return roles_; }

 private:
  bool IsLive(const NamedRole& holder, absl::Time now) const;

  const std::function<bool(int pid)> is_alive_;
  std::map<std::pair<Role, std::string>, NamedRole> roles_;
};

}  // namespace rubato
