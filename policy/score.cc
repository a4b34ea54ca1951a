#include "policy/score.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "kernels/log_softmax.h"

namespace rubato {

namespace {

// Rows of ids[begin..end), which predict the ids one further on.
std::vector<TokenRow> RowsOf(std::span<const int32_t> ids, int64_t begin, int64_t end, int64_t first,
                             KvSequence* sequence) {
  std::vector<TokenRow> rows;
  for (int64_t i = begin; i < end; ++i) {
    const bool scored = i + 1 >= first;
    rows.push_back({.sequence = sequence,
                    .token = ids[i],
                    .until = scored ? TokenRow::Until::kLogits : TokenRow::Until::kKeysAndValues});
  }
  return rows;
}

absl::Status ScoreInto(Decoder* decoder, std::span<const int32_t> ids, int64_t first, float temperature,
                       int chunk_rows, KvSequence* sequence, TokenScores* scores) {
  const int vocab = decoder->model().config().vocab;
  const int64_t rows_in_all = static_cast<int64_t>(ids.size()) - 1;
  for (int64_t begin = 0; begin < rows_in_all; begin += chunk_rows) {
    const int64_t end = std::min(rows_in_all, begin + chunk_rows);
    const std::vector<TokenRow> rows = RowsOf(ids, begin, end, first, sequence);
    if (absl::Status status = decoder->Forward(rows); !status.ok()) return status;
    for (int64_t i = std::max(begin, first - 1); i < end; ++i) {
      const std::span<const float> logits = decoder->logits(static_cast<size_t>(i - begin));
      const TokenScore score = ScoreToken(logits.data(), vocab, 1.0f / temperature, ids[i + 1]);
      scores->logprobs.push_back(score.logprob);
      scores->entropies.push_back(score.entropy);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckScorable(const ModelConfig& config, std::span<const int32_t> ids, int64_t first,
                           float temperature) {
  const int64_t count = static_cast<int64_t>(ids.size());
  if (first < 1 || first > count) {
    return absl::InvalidArgumentError(absl::StrCat("the first token to score is number ", first,
                                                   "; 1 to the number of ids, ", count, ", is possible"));
  }
  if (!std::isfinite(temperature) || temperature <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("temperature is ", temperature, ", a positive number is needed"));
  }
  for (const int32_t id : ids) {
    if (id >= 0 && id < config.vocab) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("token id ", id, " is outside the vocabulary of ", config.vocab));
  }
  // The last token is scored and not run.
  if (count - 1 > config.max_positions) {
    return absl::InvalidArgumentError(absl::StrCat("a sequence of ", count - 1,
                                                   " tokens is longer than the model's ",
                                                   config.max_positions, " positions"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TokenScores> ScoreTokens(Decoder* decoder, std::span<const int32_t> ids, int64_t first,
                                        float temperature, int chunk_rows) {
  const ModelConfig& config = decoder->model().config();
  if (absl::Status status = CheckScorable(config, ids, first, temperature); !status.ok()) return status;
  TokenScores scores;
  KvSequence sequence;
  const absl::Status status = ScoreInto(decoder, ids, first, temperature, chunk_rows, &sequence, &scores);
  decoder->cache().Release(&sequence);
  if (!status.ok()) return status;
  return scores;
}

}  // namespace rubato
