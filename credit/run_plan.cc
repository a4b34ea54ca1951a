#include "credit/run_plan.h"

#include "common/concat.h"

namespace rubato {

GroupId RunPlan::IdOf(uint64_t group) const {
  GroupId id;
  id.set_pass(static_cast<uint32_t>(group / rows));
  id.set_position(group % rows);
  return id;
}

absl::StatusOr<uint64_t> RunPlan::NumberOf(const GroupId& id) const {
  // The comparison by division cannot overflow, whatever a message claims.
  if (id.position() < rows && id.pass() <= GroupCount() / rows) {
    const uint64_t group = id.pass() * rows + id.position();
    if (group < GroupCount()) return group;
  }
  return absl::InvalidArgumentError(Concat("group ", NameOf(id), " is not one of this run's ", GroupCount(),
                                           " groups over ", rows, " rows"));
}

std::string NameOf(const GroupId& group) { return Concat(group.pass(), "/", group.position()); }

std::string NameOf(const SampleKey& sample) { return Concat(NameOf(sample.group()), "/", sample.index()); }

}  // namespace rubato
