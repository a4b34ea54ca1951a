// All that is wrong with one thing, collected so that it is reported at once.  A value; not thread-safe.

#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/exit_code.h"

namespace rubato {

class Problems {
 public:
  // One sentence per problem: what, of which thing, with the value, and what to do.  Repeated ones are kept
  // once.
  void Add(std::string problem);

  bool empty() const { return problems_.empty(); }
  const std::vector<std::string>& list() const { return problems_; }

  // OK if there is none; otherwise INVALID_ARGUMENT with one problem per line, in the order they were added,
  // that ends the program with `exit_code`.
  absl::Status ToStatus(ExitCode exit_code = ExitCode::kBadData) const;

 private:
  std::vector<std::string> problems_;
};

}  // namespace rubato
