#include "rollout/sample_stream.h"

#include "absl/strings/str_cat.h"

namespace rubato {

PhiloxKey SampleStream(uint64_t run_seed, const WorkKey& key) {
  if (key.has_eval()) {
    return PhiloxKeyFrom(
        Hash64(absl::StrCat("eval ", run_seed, " ", key.eval().row(), " ", key.eval().index())));
  }
  const GroupId& group = key.sample().group();
  return PhiloxKeyFrom(Hash64(
      absl::StrCat("train ", run_seed, " ", group.pass(), " ", group.position(), " ", key.sample().index())));
}

}  // namespace rubato
