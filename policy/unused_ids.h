#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "text/tokenizer.h"

namespace rubato {

// Ids of a model's table that stand for no token: authors pad the table.  Rollout and learner leave them out
// of the distribution that they sample from and train (`rollout.mask_unused_ids`): what is left is the
// softmax over the other ids, the same bits on both sides.
//
// A value, empty if every id is used.  Safe to share between threads.
class UnusedIds {
 public:
  UnusedIds() = default;
  explicit UnusedIds(const std::vector<int32_t>& ids);  // ascending

  // Those below `vocab` that the tokenizer has no token for.  INVALID_ARGUMENT if that is all of them.
  static absl::StatusOr<UnusedIds> Find(const Tokenizer& tokenizer, int vocab);

  int count() const;
  bool Contains(int32_t id) const;

  // Lowers the logits of these ids so far that their probability is 0 at every temperature of a run and adds
  // nothing to an entropy; they stay finite, as kernels want them.
  void Mask(float* logits) const;

 private:
  struct Range {
    int32_t begin, end;
  };
  std::vector<Range> ranges_;  // ascending; commonly one, at the end of the table
};

}  // namespace rubato
