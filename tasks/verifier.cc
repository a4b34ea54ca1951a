#include "tasks/verifier.h"

#include "common/concat.h"
#include "tasks/countdown.h"

namespace rubato {

absl::StatusOr<std::unique_ptr<Verifier>> MakeVerifier(std::string_view name) {
  if (name == "countdown") return std::make_unique<CountdownVerifier>();
  return absl::NotFoundError(Concat("there is no verifier \"", name, "\"; there is: countdown"));
}

}  // namespace rubato
