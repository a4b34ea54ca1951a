#include "rollout/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "policy/decoder.h"
#include "policy/model.h"
#include "policy/response_capture.h"
#include "policy/score.h"
#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

using Results = std::map<uint64_t, FinishedSample>;

ModelConfig EngineConfig() {
  ModelConfig config = TinyModelConfig();
  config.end_token_ids = {2, 5};
  return config;
}

WeightVersion Version(uint64_t step) {
  WeightVersion version;
  version.set_step(step);
  return version;
}

// `samples` samples on a prompt of `prompt` tokens; everything follows from `number`.
GroupTask Group(uint32_t number, size_t prompt, size_t samples, uint32_t max_new_tokens = 90) {
  GroupTask group;
  group.prompt_ids = RandomIds(EngineConfig(), prompt, number);
  for (size_t i = 0; i < samples; ++i) {
    group.samples.push_back({.tag = 100 * number + i, .stream = {{number, static_cast<uint32_t>(i)}}});
  }
  group.sampling.set_temperature(0.8);
  group.sampling.set_max_new_tokens(max_new_tokens);
  group.capture = Capture{.w = 5, .h_lo = 3, .h_hi = 20, .layers = {0, 1}, .heads = 4, .head_share = 0.3};
  return group;
}

// Prompts on both sides of page boundaries.
std::vector<GroupTask> SomeGroups() {
  return {Group(1, 5, 4), Group(2, 64, 3), Group(3, 70, 2), Group(4, 1, 1), Group(5, 129, 5)};
}

std::unique_ptr<Engine> MakeEngine(const EngineOptions& options, uint32_t weights = 1) {
  const ModelConfig config = EngineConfig();
  std::unique_ptr<Engine> engine = *Engine::Create(config, options);
  EXPECT_TRUE(engine->SetWeights(std::make_shared<Slab>(RandomSlab(config, weights)), Version(weights)).ok());
  return engine;
}

void Collect(Engine* engine, Results* results) {
  for (FinishedSample& sample : engine->TakeFinished()) {
    const uint64_t tag = sample.tag;
    EXPECT_TRUE(results->emplace(tag, std::move(sample)).second) << tag << " finished twice";
  }
}

Results Finish(Engine* engine) {
  Results results;
  for (int step = 0; engine->live_samples() + engine->waiting_samples() > 0; ++step) {
    EXPECT_TRUE(engine->Step().ok());
    Collect(engine, &results);
    if (step > 5000) {
      ADD_FAILURE() << "the engine does not come to an end";
      break;
    }
  }
  return results;
}

Results Generate(const std::vector<GroupTask>& groups, const EngineOptions& options) {
  const std::unique_ptr<Engine> engine = MakeEngine(options);
  for (const GroupTask& group : groups) EXPECT_TRUE(engine->AddGroup(group).ok());
  return Finish(engine.get());
}

// NaN marks what is undefined, so values are compared by their bits.
std::vector<uint32_t> Bits(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

void ExpectSame(const Results& results, const Results& expected) {
  ASSERT_EQ(results.size(), expected.size());
  for (const auto& [tag, sample] : expected) {
    ASSERT_TRUE(results.contains(tag)) << tag;
    const FinishedSample& other = results.at(tag);
    EXPECT_EQ(other.tokens, sample.tokens) << tag;
    EXPECT_EQ(other.logprobs, sample.logprobs) << tag;
    EXPECT_EQ(other.entropies, sample.entropies) << tag;
    EXPECT_EQ(other.finish_reason, sample.finish_reason) << tag;
    ASSERT_EQ(other.attention.has_value(), sample.attention.has_value());
    if (!sample.attention.has_value()) continue;
    EXPECT_EQ(other.attention->d, sample.attention->d) << tag;
    EXPECT_EQ(Bits(other.attention->waad), Bits(sample.attention->waad)) << tag;
    EXPECT_EQ(Bits(other.attention->fai), Bits(sample.attention->fai)) << tag;
  }
}

// The model of the other tests, but with a head of its own in which `loud`, a pair of ids, has the largest
// logit by far, whatever was read: the rows are long and opposite.
Results GenerateWithLoudIds(const std::vector<int32_t>& loud, const UnusedIds& unused_ids) {
  ModelConfig config = EngineConfig();
  config.tied_embeddings = false;
  auto weights = std::make_shared<Slab>(RandomSlab(config, 1));
  float* head = weights->data() + SlabLayout(config).Find("lm_head.weight")->offset;
  for (int i = 0; i < config.hidden; ++i) {
    head[loud[0] * config.hidden + i] *= 1000;
    head[loud[1] * config.hidden + i] = -head[loud[0] * config.hidden + i];
  }
  const std::unique_ptr<Engine> engine = *Engine::Create(config, {.unused_ids = unused_ids});
  EXPECT_TRUE(engine->SetWeights(weights, Version(1)).ok());
  for (const GroupTask& group : SomeGroups()) EXPECT_TRUE(engine->AddGroup(group).ok());
  return Finish(engine.get());
}

size_t CountOf(const Results& results, const std::vector<int32_t>& ids, size_t* tokens) {
  size_t count = 0;
  *tokens = 0;
  for (const auto& [tag, sample] : results) {
    *tokens += sample.tokens.size();
    for (const int32_t token : sample.tokens) count += std::ranges::count(ids, token);
  }
  return count;
}

TEST(Engine, NeverSamplesAnUnusedIdHoweverLargeItsLogitIs) {
  const std::vector<int32_t> loud = {20, 36};
  size_t tokens = 0;
  ASSERT_GT(CountOf(GenerateWithLoudIds(loud, UnusedIds()), loud, &tokens), tokens / 2);
  const Results masked = GenerateWithLoudIds(loud, UnusedIds(loud));
  EXPECT_EQ(CountOf(masked, loud, &tokens), 0u);
  EXPECT_GT(tokens, 300u);
  for (const auto& [tag, sample] : masked) {
    for (size_t i = 0; i < sample.tokens.size(); ++i) {
      EXPECT_GT(sample.logprobs[i], -60) << "of the other ids alone";
      EXPECT_GE(sample.entropies[i], 0);
      EXPECT_LE(sample.entropies[i], std::log(35.0f) + 1e-5f);
    }
  }
}

TEST(Engine, TheSameSeedsGiveTheSameTokensAtEveryCapacity) {
  const Results expected = Generate(SomeGroups(), {.max_sequences = 64});
  EXPECT_EQ(expected.size(), 15u);
  ExpectSame(Generate(SomeGroups(), {.max_sequences = 1}), expected);
  ExpectSame(Generate(SomeGroups(), {.max_sequences = 4, .prefill_rows_per_step = 7}), expected);
  ExpectSame(Generate(SomeGroups(), {.max_sequences = 64, .threads = 2}), expected);
}

TEST(Engine, TheSameSeedsGiveTheSameTokensUnderTightMemory) {
  const int64_t page = KvCache::PageBytes(EngineConfig());
  ExpectSame(Generate(SomeGroups(), {.kv_bytes = 7 * page}), Generate(SomeGroups(), {}));
}

TEST(Engine, TheSameSeedsGiveTheSameTokensInAnotherOrderOfArrival) {
  std::vector<GroupTask> reversed = SomeGroups();
  std::ranges::reverse(reversed);
  ExpectSame(Generate(reversed, {.max_sequences = 6}), Generate(SomeGroups(), {}));
}

TEST(Engine, GroupsThatJoinInFlightDisturbNobody) {
  const std::unique_ptr<Engine> engine = MakeEngine({.max_sequences = 8});
  Results results;
  for (const GroupTask& group : SomeGroups()) {
    ASSERT_TRUE(engine->AddGroup(group).ok());
    for (int step = 0; step < 11; ++step) ASSERT_TRUE(engine->Step().ok());
    Collect(engine.get(), &results);
  }
  results.merge(Finish(engine.get()));
  ExpectSame(results, Generate(SomeGroups(), {}));
}

TEST(Engine, SamplesOfAGroupDiffer) {
  const Results results = Generate({Group(1, 5, 2)}, {});
  EXPECT_NE(results.at(100).tokens, results.at(101).tokens);
}

TEST(Engine, LogProbsAreThoseOfScoringTheSameTokens) {
  const ModelConfig config = EngineConfig();
  Model model(config);
  model.Repack(RandomSlab(config, 1));
  KvCache cache(config, int64_t{8} << 20);
  Decoder decoder(&model, &cache, 1);
  const std::vector<GroupTask> groups = SomeGroups();
  const Results results = Generate(groups, {.max_sequences = 5});
  for (const GroupTask& group : groups) {
    for (const SampleTask& task : group.samples) {
      const FinishedSample& sample = results.at(task.tag);
      std::vector<int32_t> ids = group.prompt_ids;
      ids.insert(ids.end(), sample.tokens.begin(), sample.tokens.end());
      const auto scores = ScoreTokens(&decoder, ids, static_cast<int64_t>(group.prompt_ids.size()), 0.8f);
      ASSERT_TRUE(scores.ok()) << scores.status();
      EXPECT_EQ(scores->logprobs, sample.logprobs);
      EXPECT_EQ(scores->entropies, sample.entropies);
    }
  }
}

TEST(Engine, EndsAtAnEndTokenOrAtTheLimit) {
  int stopped = 0, cut = 0;
  for (const auto& [tag, sample] : Generate(SomeGroups(), {})) {
    const bool ends = sample.tokens.back() == 2 || sample.tokens.back() == 5;
    EXPECT_EQ(sample.finish_reason, ends ? FINISH_STOP : FINISH_LENGTH);
    EXPECT_TRUE(ends || sample.tokens.size() == 90) << sample.tokens.size();
    for (size_t i = 0; i + 1 < sample.tokens.size(); ++i) {
      EXPECT_FALSE(sample.tokens[i] == 2 || sample.tokens[i] == 5);
    }
    ++(ends ? stopped : cut);
  }
  EXPECT_GT(stopped, 0);
  EXPECT_EQ(Generate({Group(1, 5, 1, 1)}, {}).at(100).tokens.size(), 1u);
}

TEST(Engine, MeasuresEveryResponseTokenIncludingTheLast) {
  for (const auto& [tag, sample] : Generate(SomeGroups(), {.max_sequences = 3})) {
    ASSERT_TRUE(sample.attention.has_value());
    EXPECT_EQ(sample.attention->head_count, 8);
    EXPECT_EQ(sample.attention->response_tokens, static_cast<int>(sample.tokens.size()));
    EXPECT_EQ(sample.attention->measured_rows, sample.attention->response_tokens);
    for (int head = 0; head < 8; ++head) {
      for (const float waad : sample.attention->WaadOf(head)) EXPECT_TRUE(waad >= 0 && waad <= 5) << waad;
    }
  }
}

TEST(Engine, MeasuringOrNotChangesNoToken) {
  GroupTask plain = Group(3, 70, 3);
  const Results measured = Generate({plain}, {});
  plain.capture.reset();
  const Results results = Generate({plain}, {});
  for (const auto& [tag, sample] : measured) {
    EXPECT_EQ(results.at(tag).tokens, sample.tokens);
    EXPECT_FALSE(results.at(tag).attention.has_value());
  }
}

TEST(Engine, SpansSayWhichVersionSampledWhat) {
  const std::unique_ptr<Engine> engine = MakeEngine({});
  ASSERT_TRUE(engine->AddGroup(Group(1, 70, 4)).ok());
  for (int step = 0; step < 2; ++step) ASSERT_TRUE(engine->Step().ok());
  ASSERT_GT(engine->live_samples(), 0);
  ASSERT_TRUE(engine->SetWeights(std::make_shared<Slab>(RandomSlab(EngineConfig(), 9)), Version(9)).ok());
  bool swapped = false;
  for (const auto& [tag, sample] : Finish(engine.get())) {
    EXPECT_EQ(sample.version_spans[0].first_token(), 0u);
    EXPECT_EQ(sample.version_spans[0].version().step(), 1u);
    if (sample.tokens.size() <= 2) continue;
    ASSERT_EQ(sample.version_spans.size(), 2u);
    EXPECT_EQ(sample.version_spans[1].first_token(), 2u);
    EXPECT_EQ(sample.version_spans[1].version().step(), 9u);
    swapped = true;
  }
  EXPECT_TRUE(swapped);
}

TEST(Engine, APromptThatWaitsIsPrefilledAgainUnderNewWeights) {
  const std::unique_ptr<Engine> engine = MakeEngine({.max_sequences = 1});
  ASSERT_TRUE(engine->AddGroup(Group(1, 70, 2)).ok());
  ASSERT_TRUE(engine->Step().ok());
  ASSERT_EQ(engine->waiting_samples(), 1);
  ASSERT_TRUE(engine->SetWeights(std::make_shared<Slab>(RandomSlab(EngineConfig(), 9)), Version(9)).ok());
  const Results results = Finish(engine.get());
  const std::unique_ptr<Engine> fresh = MakeEngine({}, 9);
  ASSERT_TRUE(fresh->AddGroup(Group(1, 70, 2)).ok());
  EXPECT_EQ(results.at(101).tokens, Finish(fresh.get()).at(101).tokens);
}

TEST(Engine, TheDigestServedIsThatOfTheWeights) {
  const std::unique_ptr<Engine> engine = MakeEngine({});
  EXPECT_EQ(engine->DigestServed().version, DigestSlab(engine->weights()->bytes()).version);
  const Digest before = engine->DigestServed().version;
  ASSERT_TRUE(engine->SetWeights(std::make_shared<Slab>(RandomSlab(EngineConfig(), 2)), Version(2)).ok());
  EXPECT_NE(engine->DigestServed().version, before);
  EXPECT_EQ(engine->version().step(), 2u);
}

TEST(Engine, CancelledSamplesVanishAndTheOthersGoOn) {
  const std::unique_ptr<Engine> engine = MakeEngine({.max_sequences = 3});
  for (const GroupTask& group : SomeGroups()) ASSERT_TRUE(engine->AddGroup(group).ok());
  ASSERT_TRUE(engine->Step().ok());
  engine->Cancel({101, 103, 400, 501, 999});  // live, waiting, a whole group, of another group, unknown
  Results expected = Generate(SomeGroups(), {});
  for (const uint64_t tag : {101, 103, 400, 501}) expected.erase(tag);
  ExpectSame(Finish(engine.get()), expected);
}

TEST(Engine, ManyPromptsThatTogetherFillTheCacheStillFinish) {
  const int64_t page = KvCache::PageBytes(EngineConfig());
  std::vector<GroupTask> groups = {Group(1, 60, 1, 200), Group(2, 250, 1, 10), Group(3, 250, 1, 10)};
  EXPECT_EQ(Generate(groups, {.kv_bytes = 7 * page}).size(), 3u);
}

TEST(Engine, RefusesGroupsThatCouldNeverRun) {
  const std::unique_ptr<Engine> engine = MakeEngine({.kv_bytes = 4 * KvCache::PageBytes(EngineConfig())});
  const auto error_of = [&](GroupTask group) {
    const absl::Status status = engine->AddGroup(std::move(group));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(error_of(Group(1, 0, 1)), HasSubstr("prompt is empty"));
  EXPECT_THAT(error_of(Group(1, 5, 0)), HasSubstr("no samples"));
  EXPECT_THAT(error_of(Group(1, 5, 1, 0)), HasSubstr("max_new_tokens is 0"));
  EXPECT_THAT(error_of(Group(1, 5, 1, 600)), HasSubstr("605 tokens"));
  EXPECT_THAT(error_of(Group(1, 200, 1, 100)), HasSubstr("KV cache"));
  GroupTask group = Group(1, 5, 1);
  group.prompt_ids[3] = 37;
  EXPECT_THAT(error_of(group), HasSubstr("token id 37"));
  group = Group(1, 5, 1);
  group.sampling.set_temperature(0);
  EXPECT_THAT(error_of(group), HasSubstr("temperature is 0"));
  group = Group(1, 5, 1);
  group.capture->heads = 8;
  EXPECT_THAT(error_of(group), HasSubstr("8 heads"));
  group = Group(1, 5, 1);
  group.capture->layers = {1, 3};
  EXPECT_THAT(error_of(group), HasSubstr("layer 3"));
  EXPECT_EQ(engine->waiting_samples(), 0);
}

TEST(Engine, NeedsWeightsBeforeItsFirstStep) {
  const std::unique_ptr<Engine> engine = *Engine::Create(EngineConfig(), {});
  EXPECT_EQ(engine->Step().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(engine->SetWeights(std::make_shared<Slab>(5), Version(0)).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Engine, AStepWithoutWorkDoesNothing) {
  const std::unique_ptr<Engine> engine = MakeEngine({});
  EXPECT_TRUE(engine->Step().ok());
  EXPECT_EQ(engine->generated_tokens(), 0);
}

TEST(Engine, CountsTheTokensItSampled) {
  const std::unique_ptr<Engine> engine = MakeEngine({});
  ASSERT_TRUE(engine->AddGroup(Group(1, 5, 3)).ok());
  int64_t tokens = 0;
  for (const auto& [tag, sample] : Finish(engine.get())) tokens += static_cast<int64_t>(sample.tokens.size());
  EXPECT_EQ(engine->generated_tokens(), tokens);
}

TEST(Engine, RefusesOptionsThatHoldNothing) {
  EXPECT_FALSE(Engine::Create(EngineConfig(), {.max_sequences = 0}).ok());
  EXPECT_FALSE(Engine::Create(EngineConfig(), {.kv_bytes = 100}).ok());
}

}  // namespace
}  // namespace rubato
