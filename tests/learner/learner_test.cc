#include "learner/learner.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/config.h"
#include "common/digest.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/decoder.h"
#include "policy/model_directory.h"
#include "policy/score.h"
#include "policy/slab_digest.h"
#include "tests/learner/batches.h"
#include "tests/learner/fake_hub_service.h"
#include "tests/learner/tiny_models.h"

namespace rubato {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// What config.json says of TinyConfig().
constexpr char kConfigJson[] =
    R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 19,
  "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4,
  "num_key_value_heads": 2, "head_dim": 16, "hidden_act": "silu", "max_position_embeddings": 256,
  "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "attention_bias": false, "tie_word_embeddings": true})";

class LearnerTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/learner-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    const std::map<std::string, std::string> files = {{"config.json", kConfigJson}, {"tokenizer.json", "{}"}};
    ASSERT_TRUE(CreateDirectories(directory_ + "/run").ok());
    ASSERT_TRUE(WriteModelDirectory(directory_ + "/model", files, SlabLayout(config_), weights_,
                                    SafetensorsType::kF32)
                    .ok());
    hub_.script.config = Config();
    hub_.script.batches = {Batch(1), Batch(2), Batch(3), Batch(4)};
    ASSERT_TRUE(hub_.Start());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  static RunConfig Config() {
    RunConfig config;
    config.mutable_learner()->set_lr(1e-2);
    config.mutable_learner()->set_collective_timeout_seconds(10);
    config.mutable_checkpoint()->set_every(2);
    config.mutable_rollout()->set_mask_unused_ids(false);  // tokenizer.json is a stub
    ResolveDefaults(&config);
    return config;
  }

  // Random samples whose log-probs are those of the first weights.
  std::vector<BatchSample> Batch(uint32_t seed) {
    Model model(config_);
    model.Repack(weights_);
    KvCache cache(config_, int64_t{8} << 20);
    Decoder decoder(&model, &cache, 1);
    std::vector<BatchSample> samples;
    for (const int length : {12, 30, 9, 41, 20}) {
      const std::vector<int32_t> ids = RandomIds(config_, length, seed * 100 + length);
      const std::vector<int32_t> prompt(ids.begin(), ids.begin() + 4), response(ids.begin() + 4, ids.end());
      const auto scores = ScoreTokens(&decoder, ids, 4, 1.0f);
      EXPECT_TRUE(scores.ok());
      const double advantage = length % 2 == 0 ? 1 : -0.5;
      samples.push_back(MakeSample(prompt, response, scores->logprobs,
                                   std::vector<double>(response.size(), 1.25), advantage));
      samples.back().mutable_oldest_version()->set_digest(std::string(AsBytes(FirstDigest())));
    }
    return samples;
  }
  Digest FirstDigest() const { return DigestSlab(weights_.bytes()).version; }

  LearnerOptions Options(int rank) {
    LearnerOptions options;
    options.hub_address = hub_.address();
    options.rank = rank;
    options.world = hub_.script.world;
    options.model_directory = directory_ + "/model";
    options.run_directory = directory_ + "/run";
    return options;
  }

  // Runs all ranks to their ends.
  std::vector<absl::StatusOr<LearnerEnd>> Run() {
    std::vector<absl::StatusOr<LearnerEnd>> ends(hub_.script.world);
    std::vector<std::jthread> ranks;
    for (int rank = 0; rank < hub_.script.world; ++rank) {
      ranks.emplace_back([this, rank, &ends] { ends[rank] = RunLearner(Options(rank)); });
    }
    ranks.clear();
    return ends;
  }
  void RunToTheEnd() {
    for (const auto& end : Run()) {
      ASSERT_TRUE(end.ok()) << end.status();
      EXPECT_EQ(*end, LearnerEnd::kFinished);
    }
  }

  // Begins anew with an empty run directory and an empty hub.
  void Forget() {
    hub_.record = {};
    std::filesystem::remove_all(directory_ + "/run/checkpoints");
  }

  const ModelConfig config_ = TinyConfig();
  const Slab weights_ = RandomSlab(config_, 1);
  std::string directory_;
  FakeHub hub_;
};

std::vector<uint64_t> StepsOf(const std::vector<WeightManifest>& offers) {
  std::vector<uint64_t> steps;
  for (const WeightManifest& offer : offers) steps.push_back(offer.version().step());
  return steps;
}

TEST_F(LearnerTest, TrainsCommitsAndOffersEveryStep) {
  RunToTheEnd();
  EXPECT_THAT(StepsOf(hub_.record.offers), ElementsAre(0, 1, 2, 3, 4));
  ASSERT_THAT(hub_.record.commits, SizeIs(4));
  for (uint64_t step = 0; step < 4; ++step) {
    const CommitStepRequest& commit = hub_.record.commits[step];
    EXPECT_EQ(commit.step(), step);
    EXPECT_EQ(commit.batch_digest(), "digest of step " + std::to_string(step));
    EXPECT_EQ(commit.version().step(), step + 1);
    EXPECT_EQ(commit.version().digest(), hub_.record.offers[step + 1].version().digest());
    EXPECT_GT(commit.report().grad_norm(), 0);
    EXPECT_EQ(commit.report().tokens(), 12u + 30 + 9 + 41 + 20 - 5 * 4);
  }
  EXPECT_NE(hub_.record.digests[0], hub_.record.digests[1]);
}

TEST_F(LearnerTest, ComputesTheBitsOfTheRolloutsLogprobsUnderTheSameWeights) {
  RunToTheEnd();
  const StepReport& first = hub_.record.commits[0].report();
  EXPECT_EQ(first.logprob_gap_tokens(), first.tokens());
  EXPECT_EQ(first.logprob_gap_max(), 0);
  EXPECT_EQ(first.ratio_max(), 1);
  EXPECT_EQ(first.approx_kl(), 0);
  // The next step trains on samples of older weights: there is nothing to compare.
  EXPECT_EQ(hub_.record.commits[1].report().logprob_gap_tokens(), 0u);
  EXPECT_NE(hub_.record.commits[1].report().ratio_max(), 1);
}

TEST_F(LearnerTest, TwoRanksMakeTheSameUpdateAsOneUpToRounding) {
  RunToTheEnd();
  const StepReport one = hub_.record.commits[3].report();
  Forget();
  hub_.script.world = 2;
  RunToTheEnd();
  const StepReport two = hub_.record.commits[3].report();
  EXPECT_THAT(hub_.record.commits, SizeIs(4));
  EXPECT_EQ(two.tokens(), one.tokens());
  EXPECT_NEAR(two.loss(), one.loss(), 1e-5);
  EXPECT_NEAR(two.grad_norm(), one.grad_norm(), 1e-4 * one.grad_norm());
  EXPECT_NEAR(two.entropy_mean(), one.entropy_mean(), 1e-5);
}

TEST_F(LearnerTest, GoesOnFromACheckpointToTheSameBits) {
  RunToTheEnd();
  const auto undisturbed = hub_.record.digests;
  Forget();
  hub_.script.drain_at = 2;
  const auto ends = Run();
  ASSERT_TRUE(ends[0].ok()) << ends[0].status();
  EXPECT_EQ(*ends[0], LearnerEnd::kDrained);
  ASSERT_THAT(hub_.record.checkpoints, SizeIs(1));
  hub_.script.drain_at = UINT64_MAX;
  RunToTheEnd();
  EXPECT_EQ(hub_.record.digests, undisturbed);
  EXPECT_THAT(StepsOf(hub_.record.offers), ElementsAre(0, 1, 2, 2, 3, 4));
}

TEST_F(LearnerTest, ReplaysCommittedStepsAndOffersOnlyTheNewestOfThem) {
  RunToTheEnd();
  ASSERT_THAT(hub_.record.checkpoints, SizeIs(2));
  hub_.record.checkpoints.erase(hub_.record.checkpoints.begin());
  hub_.record.commits.clear();
  hub_.record.offers.clear();
  RunToTheEnd();  // the fake hub refuses other digests than before
  EXPECT_THAT(hub_.record.commits, SizeIs(2));
  EXPECT_THAT(StepsOf(hub_.record.offers), ElementsAre(4));
}

TEST_F(LearnerTest, FollowsTheLineageThatACommitOpens) {
  hub_.script.lineage_opened_at = 1;
  RunToTheEnd();
  std::vector<std::pair<uint64_t, uint32_t>> offers;
  for (const WeightManifest& offer : hub_.record.offers) {
    offers.emplace_back(offer.version().step(), offer.version().lineage());
  }
  using Offer = std::pair<uint64_t, uint32_t>;
  EXPECT_THAT(offers,
              ElementsAre(Offer(0, 0), Offer(1, 0), Offer(2, 0), Offer(2, 1), Offer(3, 1), Offer(4, 1)));
  EXPECT_EQ(hub_.record.commits.back().version().lineage(), 1u);
  EXPECT_EQ(hub_.record.checkpoints.front().lineage(), 1u);
}

TEST_F(LearnerTest, SkipsACheckpointThatDoesNotVerify) {
  RunToTheEnd();
  const std::string newest = directory_ + "/run/" + hub_.record.checkpoints.front().path();
  std::filesystem::resize_file(newest + "/first_moment.safetensors", 10);
  hub_.record.commits.clear();
  RunToTheEnd();
  EXPECT_THAT(hub_.record.commits, SizeIs(2));
}

TEST_F(LearnerTest, SaysSoWhenNoCheckpointVerifies) {
  RunToTheEnd();
  std::filesystem::remove_all(directory_ + "/run/checkpoints");
  const auto ends = Run();
  EXPECT_THAT(std::string(ends[0].status().message()), HasSubstr("none of the run's checkpoints verifies"));
  EXPECT_EQ(ExitCodeFor(ends[0].status()), ExitCode::kBadData);
}

TEST_F(LearnerTest, AnEmptyStepMakesTheSameWeights) {
  hub_.script.batches = {Batch(1), {}, Batch(2)};
  RunToTheEnd();
  EXPECT_EQ(hub_.record.digests[0], hub_.record.digests[1]);
  EXPECT_EQ(hub_.record.commits[1].report().tokens(), 0u);
  EXPECT_NE(hub_.record.digests[1], hub_.record.digests[2]);
}

TEST_F(LearnerTest, ARankWithoutSamplesTakesPart) {
  hub_.script.world = 2;
  hub_.script.batches = {{Batch(1)[0]}};
  RunToTheEnd();
  EXPECT_THAT(hub_.record.commits, SizeIs(1));
}

TEST_F(LearnerTest, AppliesNothingThatIsNotFiniteAndSavesTheBatch) {
  hub_.script.world = 2;
  // rho overflows on rank 1 alone.
  BatchSample& sample = hub_.script.batches[1][1];
  std::vector<float> logprobs(sample.token_weights().size() / 8, -1e30f);
  sample.mutable_segments(1)->set_logprobs(PackFloat(logprobs));
  sample.set_advantage(-1);
  const auto ends = Run();
  for (const auto& end : ends) {
    EXPECT_EQ(ExitCodeFor(end.status()), ExitCode::kBug);
    EXPECT_THAT(std::string(end.status().message()), HasSubstr("step 1: loss or gradient is not finite"));
  }
  EXPECT_THAT(hub_.record.commits, SizeIs(1));
  EXPECT_TRUE(FileExists(directory_ + "/run/nonfinite-step-1.rank-1.pb"));
  EXPECT_FALSE(FileExists(directory_ + "/run/nonfinite-step-1.rank-0.pb"));
}

TEST_F(LearnerTest, EndsToBeStartedAnewWhenTheHubKnowsANewerGeneration) {
  hub_.script.abort_at = 1;
  const auto ends = Run();
  EXPECT_EQ(ends[0].status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ExitCodeFor(ends[0].status()), ExitCode::kTryAgain);
}

TEST_F(LearnerTest, EndsToBeStartedAnewWhenAnotherRankIsGone) {
  hub_.script.world = 2;
  hub_.script.config.mutable_learner()->set_collective_timeout_seconds(1);
  // Rank 1 joins and then cannot read its model.
  absl::StatusOr<LearnerEnd> ends[2];
  {
    std::jthread rank0([&] { ends[0] = RunLearner(Options(0)); });
    std::jthread rank1([&] {
      LearnerOptions options = Options(1);
      options.model_directory = directory_ + "/half";
      std::filesystem::create_directories(options.model_directory);
      for (const char* name : {"config.json", "tokenizer.json"}) {
        std::filesystem::copy(directory_ + "/model/" + name, options.model_directory);
      }
      ends[1] = RunLearner(options);
    });
  }
  EXPECT_EQ(ExitCodeFor(ends[1].status()), ExitCode::kBadData);
  EXPECT_EQ(ExitCodeFor(ends[0].status()), ExitCode::kTryAgain);
  EXPECT_THAT(std::string(ends[0].status().message()),
              HasSubstr("comparison of loaded weights: rank 0 of 2"));
}

TEST_F(LearnerTest, RanksThatLoadDifferentWeightsRefuseToTrain) {
  hub_.script.world = 2;
  const std::map<std::string, std::string> files = {{"config.json", kConfigJson}, {"tokenizer.json", "{}"}};
  ASSERT_TRUE(WriteModelDirectory(directory_ + "/other", files, SlabLayout(config_), RandomSlab(config_, 2),
                                  SafetensorsType::kF32)
                  .ok());
  absl::StatusOr<LearnerEnd> ends[2];
  {
    std::jthread rank0([&] { ends[0] = RunLearner(Options(0)); });
    std::jthread rank1([&] {
      LearnerOptions options = Options(1);
      options.model_directory = directory_ + "/other";
      ends[1] = RunLearner(options);
    });
  }
  for (const auto& end : ends) EXPECT_EQ(end.status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rubato
