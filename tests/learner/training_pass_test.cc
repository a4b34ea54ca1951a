#include "learner/training_pass.h"

#include <cmath>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/log_softmax.h"
#include "policy/decoder.h"
#include "policy/score.h"
#include "tests/learner/reference_torch.h"
#include "tests/learner/tiny_models.h"
#include "tests/learner/weighted_sum.h"

namespace rubato {
namespace {

struct Outcome {
  WeightedSum loss;
  Slab gradient;
};

Outcome RunPass(const ModelConfig& config, const Slab& slab, const PackedBatch& batch,
                const UnusedIds& unused_ids = {}) {
  TrainingWeights weights(config);
  weights.Take(&slab);
  TrainingPass pass(&weights, unused_ids);
  Outcome outcome{WeightedSum(Coefficients(batch.target_count())), Slab(weights.layout().size())};
  pass.Run(batch, &outcome.loss, &outcome.gradient);
  return outcome;
}

// The models of tests/policy, and sizes at which more than one panel, chunk or KV head is in play.
std::vector<NamedModel> Shapes() {
  std::vector<NamedModel> shapes = TinyModels();
  ModelConfig untied = TinyConfig();
  untied.tied_embeddings = false;
  shapes.push_back({"Untied", untied});
  ModelConfig wide = TinyConfig();
  wide.layers = 1;
  wide.heads = wide.kv_heads = 3;
  wide.head_dim = 32;
  wide.vocab = 700;
  shapes.push_back({"OneHeadPerKvHead", wide});
  ModelConfig grouped = TinyConfig();
  grouped.heads = 8;
  grouped.kv_heads = 1;
  shapes.push_back({"EightHeadsOnOneKvHead", grouped});
  return shapes;
}

class EveryShape : public testing::TestWithParam<NamedModel> {};
INSTANTIATE_TEST_SUITE_P(Of, EveryShape, testing::ValuesIn(Shapes()),
                         [](const auto& info) { return info.param.name; });

TEST_P(EveryShape, AgreesWithAutogradOfThePlainModelInDouble) {
  const ModelConfig& config = GetParam().config;
  const Slab slab = RandomSlab(config, 1);
  const PackedBatch batch = RandomBatch(config, {2, 65, 1 + 64, 130, 3}, 2, 0.7f);
  const Outcome actual = RunPass(config, slab, batch);
  const ReferenceResult expected = RunReference(config, slab, batch, Coefficients(batch.target_count()));

  ASSERT_EQ(actual.loss.logprobs.size(), expected.logprobs.size());
  for (size_t i = 0; i < expected.logprobs.size(); ++i) {
    EXPECT_NEAR(actual.loss.logprobs[i], expected.logprobs[i], 2e-5) << i;
    EXPECT_NEAR(actual.loss.entropies[i], expected.entropies[i], 2e-5) << i;
  }
  const SlabLayout layout(config);
  // What cancels inside a tensor leaves the rounding of its terms, which are as large as others' gradients.
  double whole = 0;
  for (const double g : expected.gradient) whole += g * g;
  for (const SlabTensor& tensor : layout.tensors()) {
    double error = 0, norm = 0;
    for (int64_t i = tensor.offset; i < tensor.offset + tensor.size; ++i) {
      error += std::pow(actual.gradient.data()[i] - expected.gradient[i], 2);
      norm += std::pow(expected.gradient[i], 2);
    }
    EXPECT_GT(norm, 0) << tensor.name;
    EXPECT_LT(std::sqrt(error), 1e-5 * std::sqrt(norm) + 1e-7 * std::sqrt(whole)) << tensor.name;
  }
}

TEST_P(EveryShape, GradientIsTheSlopeOfItsOwnLoss) {
  const ModelConfig& config = GetParam().config;
  Slab slab = RandomSlab(config, 1);
  const PackedBatch batch = RandomBatch(config, {9, 40}, 2);
  const Outcome at = RunPass(config, slab, batch);
  // Along the gradient itself the slope is its length.
  double norm = 0;
  for (const float g : at.gradient.floats()) norm += static_cast<double>(g) * g;
  norm = std::sqrt(norm);
  const double step = 2e-4;
  const auto loss_at = [&](double distance) {
    Slab moved(slab.size());
    for (int64_t i = 0; i < slab.size(); ++i) {
      moved.data()[i] = static_cast<float>(slab.data()[i] + distance * at.gradient.data()[i] / norm);
    }
    return RunPass(config, moved, batch).loss.loss;
  };
  EXPECT_NEAR((loss_at(step) - loss_at(-step)) / (2 * step), norm, 0.01 * norm);
}

// Ids that a batch never asks for: some in the middle of the table, and its end.
std::vector<int32_t> NeverTargets(const ModelConfig& config, const PackedBatch& batch) {
  std::vector<int32_t> ids;
  for (int32_t id = 0; id < config.vocab; ++id) {
    if (std::ranges::find(batch.targets, id) == batch.targets.end()) ids.push_back(id);
  }
  return ids;
}

ModelConfig UntiedConfig() {
  ModelConfig config = TinyConfig();
  config.tied_embeddings = false;
  return config;
}

TEST(TrainingPassWithUnusedIds, HasTheBitsOfTheEnginesDistribution) {
  const ModelConfig config = UntiedConfig();
  const Slab slab = RandomSlab(config, 1);
  const float temperature = 0.7f;
  const PackedBatch batch = RandomBatch(config, {40}, 2, temperature);
  const UnusedIds unused_ids(NeverTargets(config, batch));
  ASSERT_GT(unused_ids.count(), 3);
  const Outcome actual = RunPass(config, slab, batch, unused_ids);

  Model model(config);
  model.Repack(slab);
  KvCache cache(config, int64_t{64} << 20);
  Decoder decoder(&model, &cache, 1);
  KvSequence sequence;
  std::vector<TokenRow> rows;
  for (const int32_t token : batch.tokens) {
    rows.push_back({.sequence = &sequence, .token = token, .until = TokenRow::Until::kLogits});
  }
  ASSERT_TRUE(decoder.Forward(rows).ok());
  std::vector<double> logprobs, entropies;
  for (int row = 0; row < batch.rows(); ++row) {
    if (batch.targets[row] == PackedBatch::kNoTarget) continue;
    float* logits = decoder.logits(row).data();
    unused_ids.Mask(logits);
    const TokenScore score = ScoreToken(logits, config.vocab, 1 / temperature, batch.targets[row]);
    logprobs.push_back(score.logprob);
    entropies.push_back(score.entropy);
  }
  EXPECT_EQ(actual.loss.logprobs, logprobs);
  EXPECT_EQ(actual.loss.entropies, entropies);
}

TEST(TrainingPassWithUnusedIds, GradientIsTheSlopeOfItsOwnLoss) {
  const ModelConfig config = UntiedConfig();
  const Slab slab = RandomSlab(config, 1);
  const PackedBatch batch = RandomBatch(config, {9, 40}, 2);
  const UnusedIds unused_ids(NeverTargets(config, batch));
  const Outcome at = RunPass(config, slab, batch, unused_ids);
  double norm = 0;
  for (const float g : at.gradient.floats()) norm += static_cast<double>(g) * g;
  norm = std::sqrt(norm);
  const double step = 2e-4;
  const auto loss_at = [&](double distance) {
    Slab moved(slab.size());
    for (int64_t i = 0; i < slab.size(); ++i) {
      moved.data()[i] = static_cast<float>(slab.data()[i] + distance * at.gradient.data()[i] / norm);
    }
    return RunPass(config, moved, batch, unused_ids).loss.loss;
  };
  EXPECT_NEAR((loss_at(step) - loss_at(-step)) / (2 * step), norm, 0.01 * norm);
}

TEST(TrainingPassWithUnusedIds, MovesNoRowOfTheHeadThatIsNotUsed) {
  const ModelConfig config = UntiedConfig();
  const PackedBatch batch = RandomBatch(config, {40}, 2);
  const std::vector<int32_t> ids = NeverTargets(config, batch);
  const Outcome outcome = RunPass(config, RandomSlab(config, 1), batch, UnusedIds(ids));
  const SlabTensor* head = SlabLayout(config).Find("lm_head.weight");
  for (int32_t id = 0; id < config.vocab; ++id) {
    const auto row =
        outcome.gradient.floats().subspan(head->offset + int64_t{id} * config.hidden, config.hidden);
    const bool zero = std::ranges::all_of(row, [](float g) { return g == 0; });
    EXPECT_EQ(zero, std::ranges::find(ids, id) != ids.end()) << id;
  }
}

TEST(TrainingPass, GivesTheSameBitsWhenRepeated) {
  const ModelConfig config = TinyConfig();
  const Slab slab = RandomSlab(config, 1);
  const PackedBatch batch = RandomBatch(config, {30, 70, 5}, 2);
  const Outcome first = RunPass(config, slab, batch);
  const Outcome second = RunPass(config, slab, batch);
  EXPECT_TRUE(std::ranges::equal(first.gradient.floats(), second.gradient.floats()));
}

TEST(TrainingPass, LogprobsOfASequenceDoNotDependOnItsNeighbours) {
  const ModelConfig config = TinyConfig();
  const Slab slab = RandomSlab(config, 1);
  const Outcome alone = RunPass(config, slab, RandomBatch(config, {30}, 2));
  const Outcome packed = RunPass(config, slab, RandomBatch(config, {30, 70, 5}, 2));
  const std::vector<double> of_first(packed.loss.logprobs.begin(), packed.loss.logprobs.begin() + 15);
  EXPECT_EQ(alone.loss.logprobs, of_first);
}

TEST_P(EveryShape, LogprobsHaveTheBitsThatDecodingGives) {
  const ModelConfig& config = GetParam().config;
  const Slab slab = RandomSlab(config, 1);
  const std::vector<int> lengths = {2, 63, 64, 65, 66, 130};
  const float temperature = 0.7f;
  const Outcome actual = RunPass(config, slab, RandomBatch(config, lengths, 2, temperature));

  Model model(config);
  model.Repack(slab);
  KvCache cache(config, int64_t{64} << 20);
  Decoder decoder(&model, &cache, 1);
  std::vector<double> logprobs, entropies;
  for (const std::vector<int32_t>& tokens : RandomSequences(config, lengths, 2)) {
    const int64_t first = static_cast<int64_t>(tokens.size() / 2);
    const auto scores = ScoreTokens(&decoder, tokens, std::max<int64_t>(first, 1), temperature);
    ASSERT_TRUE(scores.ok()) << scores.status();
    logprobs.insert(logprobs.end(), scores->logprobs.begin(), scores->logprobs.end());
    entropies.insert(entropies.end(), scores->entropies.begin(), scores->entropies.end());
  }
  EXPECT_EQ(actual.loss.logprobs, logprobs);
  EXPECT_EQ(actual.loss.entropies, entropies);
}

TEST(TrainingPass, MemoryOfALongerBatchDoesNotLeakIntoAShorterOne) {
  const ModelConfig config = TinyConfig();
  const Slab slab = RandomSlab(config, 1);
  TrainingWeights weights(config);
  weights.Take(&slab);
  TrainingPass used(&weights);
  const PackedBatch longer = RandomBatch(config, {200, 100}, 3);
  WeightedSum loss(Coefficients(longer.target_count()));
  Slab ignored(weights.layout().size());
  used.Run(longer, &loss, &ignored);

  const PackedBatch batch = RandomBatch(config, {30, 7}, 2);
  WeightedSum again(Coefficients(batch.target_count()));
  Slab gradient(weights.layout().size());
  used.Run(batch, &again, &gradient);
  EXPECT_TRUE(std::ranges::equal(gradient.floats(), RunPass(config, slab, batch).gradient.floats()));
}

TEST(CheckFits, RefusesForeignTokensAndOverlongSequences) {
  ModelConfig config = TinyConfig();
  config.max_positions = 8;
  PackedBatch batch;
  batch.Append(std::vector<int32_t>{1, 2, 3}, std::vector<uint8_t>{0, 1, 1}, 1);
  EXPECT_TRUE(CheckFits(batch, config).ok());
  PackedBatch foreign = batch;
  foreign.tokens[1] = 19;
  EXPECT_THAT(std::string(CheckFits(foreign, config).message()), testing::HasSubstr("token 19"));
  PackedBatch overlong = batch;
  overlong.Append(std::vector<int32_t>(10, 1), std::vector<uint8_t>(10, 1), 1);
  EXPECT_THAT(std::string(CheckFits(overlong, config).message()), testing::HasSubstr("9 positions"));
}

}  // namespace
}  // namespace rubato
