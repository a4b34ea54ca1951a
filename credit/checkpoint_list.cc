#include "credit/checkpoint_list.h"

#include "absl/strings/escaping.h"
#include "common/json.h"
#include "common/status.h"
#include "credit/ledger.h"

namespace rubato {

absl::Status WriteCheckpointList(const std::string& run_directory, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Ledger> ledger, Ledger::OpenReadOnly(run_directory));
  for (const CheckpointRow& row : ledger->Checkpoints()) {
    if (row.retired) continue;
    const Json line = Json::Object{{"step", row.step},
                                   {"lineage", row.lineage},
                                   {"generation", row.generation},
                                   {"path", row.path},
                                   {"manifest_digest", absl::BytesToHexString(row.manifest_digest)}};
    out << line.Dump() << "\n";
  }
  return ledger->status();
}

}  // namespace rubato
