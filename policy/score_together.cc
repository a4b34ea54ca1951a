#include "policy/score_together.h"

#include "common/status.h"
#include "kernels/log_softmax.h"

namespace rubato {

namespace {

// One pass after the other over all rows of all requests.
class Passes {
 public:
  Passes(Decoder* decoder, std::span<const ScoreRequest> requests, float temperature)
      : decoder_(decoder),
        requests_(requests),
        inverse_temperature_(1.0f / temperature),
        sequences_(requests.size()),
        scores_(requests.size()) {}

  ~Passes() {
    for (KvSequence& sequence : sequences_) decoder_->cache().Release(&sequence);
  }

  absl::Status Run(int chunk_rows) {
    for (size_t r = 0; r < requests_.size(); ++r) {
      // The last token is scored and not run.
      for (int64_t i = 0; i + 1 < static_cast<int64_t>(requests_[r].ids.size()); ++i) {
        Add(r, i);
        if (static_cast<int>(rows_.size()) == chunk_rows) RETURN_IF_ERROR(RunPass());
      }
    }
    return RunPass();
  }

  std::vector<TokenScores> TakeScores() { return std::move(scores_); }

 private:
  struct Place {
    size_t request = 0;
    int64_t position = 0;
  };

  bool IsScored(const Place& place) const { return place.position + 1 >= requests_[place.request].first; }

  void Add(size_t request, int64_t position) {
    const Place place{request, position};
    rows_.push_back({.sequence = &sequences_[request],
                     .token = requests_[request].ids[position],
                     .until = IsScored(place) ? TokenRow::Until::kLogits : TokenRow::Until::kKeysAndValues});
    places_.push_back(place);
  }

  absl::Status RunPass() {
    if (rows_.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(decoder_->Forward(rows_));
    for (size_t row = 0; row < rows_.size(); ++row) {
      if (IsScored(places_[row])) Score(row);
    }
    // Nothing reads the keys of a sequence again whose last row has run.
    for (size_t r = released_; r < places_.back().request; ++r) decoder_->cache().Release(&sequences_[r]);
    released_ = places_.back().request;
    rows_.clear();
    places_.clear();
    return absl::OkStatus();
  }

  void Score(size_t row) {
    const Place& place = places_[row];
    const TokenScore score =
        ScoreToken(decoder_->logits(row).data(), decoder_->model().config().vocab, inverse_temperature_,
                   requests_[place.request].ids[place.position + 1]);
    scores_[place.request].logprobs.push_back(score.logprob);
    scores_[place.request].entropies.push_back(score.entropy);
  }

  Decoder* decoder_;
  std::span<const ScoreRequest> requests_;
  float inverse_temperature_;
  std::vector<KvSequence> sequences_;
  std::vector<TokenScores> scores_;
  std::vector<TokenRow> rows_;  // of the next pass
  std::vector<Place> places_;   // of each of them
  size_t released_ = 0;         // sequences before it hold no pages
};

}  // namespace

absl::StatusOr<std::vector<TokenScores>> ScoreTogether(Decoder* decoder,
                                                       std::span<const ScoreRequest> requests,
                                                       float temperature, int chunk_rows) {
  for (const ScoreRequest& request : requests) {
    RETURN_IF_ERROR(CheckScorable(decoder->model().config(), request.ids, request.first, temperature));
  }
  Passes passes(decoder, requests, temperature);
  RETURN_IF_ERROR(passes.Run(chunk_rows));
  return passes.TakeScores();
}

}  // namespace rubato
