// What may not change a log-prob by one bit, over models of every family: how many rows a call has and where
// a sequence stands among them, who shares its prompt, how the prompt was cut into chunks, threads,
// instruction sets; and that the learner's forward pass, packed or not, gives the bits of the decoder.  There
// is no padding to vary: neither side has any.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "kernels/isa.h"
#include "kernels/log_softmax.h"
#include "learner/gradient_engine.h"
#include "policy/decoder.h"
#include "policy/score.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

constexpr float kTemperature = 0.7f;

// Log-prob and entropy of each token from the second on, as bits: 0 is not -0 here, and NaN equals itself.
using Bits = std::vector<uint32_t>;

void Append(float logprob, float entropy, Bits* bits) {
  bits->push_back(std::bit_cast<uint32_t>(logprob));
  bits->push_back(std::bit_cast<uint32_t>(entropy));
}

Bits BitsOf(const TokenScores& scores) {
  Bits bits;
  for (size_t i = 0; i < scores.logprobs.size(); ++i) Append(scores.logprobs[i], scores.entropies[i], &bits);
  return bits;
}

// Of the token at `position`.
std::pair<uint32_t, uint32_t> At(const Bits& bits, int64_t position) {
  return {bits[static_cast<size_t>(2 * (position - 1))], bits[static_cast<size_t>(2 * (position - 1) + 1)]};
}

// Remembers what a training pass computes.
class Recorder : public TokenLoss {
 public:
  explicit Recorder(Bits* bits) : bits_(bits) {}

  void Evaluate(int, std::span<const float> logprobs, std::span<const float> entropies,
                std::span<float> gradient) override {
    for (size_t i = 0; i < logprobs.size(); ++i) Append(logprobs[i], entropies[i], bits_);
    std::ranges::fill(gradient, 0.0f);
  }

 private:
  Bits* bits_;
};

class Invariance : public testing::TestWithParam<NamedModel> {
 protected:
  Invariance() {
    model_.Repack(slab_);
    // Lengths on both sides of a tile's end.
    for (const size_t length : {63, 64, 66, 79, 130}) {
      sequences_.push_back(RandomIds(config_, length, static_cast<uint32_t>(length)));
      expected_.push_back(BitsOf(*ScoreTokens(&decoder_, sequences_.back(), 1, kTemperature, 1)));
    }
  }

  // Calls body(decoder) for 1 and 2 threads on every instruction set of this machine.
  template <typename Body>
  void OnEveryMachine(Body body) {
    for (const Isa isa : SupportedIsas()) {
      const ScopedIsa scoped(isa);
      for (const int threads : {1, 2}) {
        Decoder decoder(&model_, &cache_, threads);
        SCOPED_TRACE(std::string(IsaName(isa)) + ", threads " + std::to_string(threads));
        body(decoder);
        if (HasFatalFailure()) return;
      }
    }
  }

  // A sequence whose first `length` tokens have run.
  KvSequence Prefill(Decoder& decoder, const std::vector<int32_t>& ids, int64_t length) {
    KvSequence sequence;
    std::vector<TokenRow> rows;
    for (int64_t i = 0; i < length; ++i) {
      rows.push_back({.sequence = &sequence, .token = ids[i], .until = TokenRow::Until::kKeysAndValues});
    }
    EXPECT_TRUE(decoder.Forward(rows).ok());
    return sequence;
  }

  // A call in the making: rows of sequences_, one after another.
  struct Call {
    struct Expected {
      size_t sequence;
      int64_t position;  // of the token that the row predicts
    };
    std::vector<TokenRow> rows;
    std::vector<Expected> expected;
  };

  // Adds the row that runs token `position` - 1 of sequences_[which].
  void Add(KvSequence* sequence, size_t which, int64_t position, Call* call) {
    const int32_t token = sequences_[which][static_cast<size_t>(position - 1)];
    call->rows.push_back({.sequence = sequence, .token = token});
    call->expected.push_back({which, position});
  }

  void Check(Decoder& decoder, const Call& call) {
    ASSERT_TRUE(decoder.Forward(call.rows).ok());
    for (size_t i = 0; i < call.rows.size(); ++i) {
      const auto [which, position] = call.expected[i];
      const int32_t target = sequences_[which][static_cast<size_t>(position)];
      const TokenScore score = ScoreToken(decoder.logits(i).data(), config_.vocab, 1 / kTemperature, target);
      Bits bits;
      Append(score.logprob, score.entropy, &bits);
      ASSERT_EQ(At(bits, 1), At(expected_[which], position)) << "row " << i << " of " << call.rows.size();
    }
  }

  const ModelConfig config_ = GetParam().config;
  const Slab slab_ = RandomSlab(config_, 11);
  Model model_{config_};
  KvCache cache_{config_, 300 * KvCache::PageBytes(config_)};
  Decoder decoder_{&model_, &cache_, 1};
  std::vector<std::vector<int32_t>> sequences_;
  std::vector<Bits> expected_;  // of sequences_, decoded alone, one token a call
};

// The others' products are too small to be worth a second thread.  These are split by outputs where rows are
// few, and by rows where they are many.
NamedModel ModelWorthTwoThreads() {
  ModelConfig config = TinyQwen2Config();
  config.layers = 1;
  config.ffn = 301;
  config.vocab = 1201;
  return {"Qwen2WorthTwoThreads", config};
}

INSTANTIATE_TEST_SUITE_P(Of, Invariance, testing::ValuesIn(TinyModels()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(OfLarge, Invariance, testing::Values(ModelWorthTwoThreads()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Invariance, OfPrefillChunks) {
  OnEveryMachine([&](Decoder& decoder) {
    for (const int chunk : {1, 5, 64, 1000}) {
      for (size_t i = 0; i < sequences_.size(); ++i) {
        const auto scores = ScoreTokens(&decoder, sequences_[i], 1, kTemperature, chunk);
        ASSERT_TRUE(scores.ok()) << scores.status();
        ASSERT_EQ(BitsOf(*scores), expected_[i]) << "sequence " << i << ", chunk " << chunk;
      }
    }
  });
}

// The rows of a call belong to sequences of different lengths in turn, so every place of the batch is taken
// by every one of them, and many share the pages of their prompt.
TEST_P(Invariance, OfRowsPerCallAndPlaceAmongThem) {
  constexpr int64_t kSteps = 7;  // they cross the end of a tile
  OnEveryMachine([&](Decoder& decoder) {
    std::vector<KvSequence> prompts;
    for (const std::vector<int32_t>& ids : sequences_) {
      prompts.push_back(Prefill(decoder, ids, static_cast<int64_t>(ids.size()) - 1 - kSteps));
    }
    for (const size_t count : {1, 2, 3, 7, 8, 9, 16, 33, 64}) {
      std::vector<KvSequence> forks;
      for (size_t i = 0; i < count; ++i) forks.push_back(*cache_.Fork(prompts[i % prompts.size()]));
      for (int64_t step = 0; step < kSteps; ++step) {
        Call call;
        for (size_t i = 0; i < count; ++i) Add(&forks[i], i % prompts.size(), forks[i].length + 1, &call);
        ASSERT_NO_FATAL_FAILURE(Check(decoder, call)) << count << " rows, step " << step;
      }
      for (KvSequence& fork : forks) cache_.Release(&fork);
    }
    for (KvSequence& prompt : prompts) cache_.Release(&prompt);
  });
}

// One call decodes some sequences while the prompts of others are prefilled, in pieces of 5.
TEST_P(Invariance, OfPrefillThatRunsBesideDecode) {
  OnEveryMachine([&](Decoder& decoder) {
    std::vector<KvSequence> running(sequences_.size());
    while (true) {
      Call call;
      for (size_t i = 0; i < sequences_.size(); ++i) {
        const int64_t begin = running[i].length + 1;
        const int64_t end =
            std::min<int64_t>(begin + (i % 2 == 0 ? 1 : 5), static_cast<int64_t>(sequences_[i].size()));
        for (int64_t position = begin; position < end; ++position) Add(&running[i], i, position, &call);
      }
      if (call.rows.empty()) break;
      ASSERT_NO_FATAL_FAILURE(Check(decoder, call));
    }
    for (KvSequence& sequence : running) cache_.Release(&sequence);
  });
}

TEST_P(Invariance, OfTheLearnersForwardPassPackedOrNot) {
  const auto batch_of = [&](std::vector<size_t> order, Bits* expected) {
    PackedBatch batch;
    for (const size_t i : order) {
      batch.Append(sequences_[i], std::vector<uint8_t>(sequences_[i].size(), 1), kTemperature);
      expected->insert(expected->end(), expected_[i].begin(), expected_[i].end());
    }
    return batch;
  };
  Slab gradient(model_.layout().size());
  for (const Isa isa : SupportedIsas()) {
    const ScopedIsa scoped(isa);
    for (const int threads : {1, 2}) {
      GradientEngine engine(config_, threads);
      engine.SetWeights(&slab_);
      std::vector<MicroBatch> batches;
      const std::vector<std::vector<size_t>> orders = {{0}, {4, 2, 0, 3, 1}, {3, 3, 1}};
      std::vector<Bits> actual(orders.size()), expected(orders.size());
      for (size_t i = 0; i < orders.size(); ++i) {
        batches.push_back({batch_of(orders[i], &expected[i]), std::make_unique<Recorder>(&actual[i])});
      }
      engine.Run(batches, &gradient);
      EXPECT_EQ(actual, expected) << IsaName(isa) << ", threads " << threads;
    }
  }
}

}  // namespace
}  // namespace rubato
