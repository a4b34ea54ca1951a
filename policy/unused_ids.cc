#include "policy/unused_ids.h"

#include <algorithm>

#include "common/concat.h"
#include "common/exit_code.h"

namespace rubato {

namespace {

// Divided by a temperature of 100 it is still far below any other logit, and times its probability, 0, it is
// 0.
constexpr float kUnusedLogit = -1e30f;

}  // namespace

UnusedIds::UnusedIds(const std::vector<int32_t>& ids) {
  for (const int32_t id : ids) {
    if (ranges_.empty() || ranges_.back().end != id) ranges_.push_back({id, id});
    ranges_.back().end = id + 1;
  }
}

absl::StatusOr<UnusedIds> UnusedIds::Find(const Tokenizer& tokenizer, int vocab) {
  std::vector<int32_t> unused;
  for (int32_t id = 0; id < vocab; ++id) {
    if (!tokenizer.TokenOf(id).has_value()) unused.push_back(id);
  }
  if (unused.size() < static_cast<size_t>(vocab)) return UnusedIds(unused);
  return WithExitCode(
      absl::InvalidArgumentError(Concat("tokenizer.json has no token for any id below \"vocab_size\", ",
                                        vocab, "; it belongs to another model")),
      ExitCode::kBadData);
}

int UnusedIds::count() const {
  int count = 0;
  for (const Range& range : ranges_) count += range.end - range.begin;
  return count;
}

bool UnusedIds::Contains(int32_t id) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [id](const Range& range) { return range.begin <= id && id < range.end; });
}

void UnusedIds::Mask(float* logits) const {
  for (const Range& range : ranges_) std::fill(logits + range.begin, logits + range.end, kUnusedLogit);
}

}  // namespace rubato
