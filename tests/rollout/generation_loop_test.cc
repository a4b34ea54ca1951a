#include "rollout/generation_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "common/bytes.h"
#include "common/digest.h"
#include "stats/capture.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;

SlabDigest DigestOfStep(uint64_t step) {
  SlabDigest digest;
  digest.version = Sha256(std::to_string(step));
  return digest;
}

// Finishes every sample in one step, and remembers under which weights.
class FakeEngine : public Engine {
 public:
  absl::Status SetWeights(std::shared_ptr<const Slab> weights, const WeightVersion& version) override {
    EXPECT_EQ(live_samples(), 0) << "weights changed under a sequence of an exact lease";
    weights_ = std::move(weights);
    version_ = version;
    return absl::OkStatus();
  }
  SlabDigest DigestServed() const override { return DigestOfStep(lie_ ? 99 : version_.step()); }
  std::shared_ptr<const Slab> weights() const override { return weights_; }
  const WeightVersion& version() const override { return version_; }
  absl::Status AddGroup(GroupTask group) override {
    for (const SampleTask& sample : group.samples) tags_.push_back(sample.tag);
    return absl::OkStatus();
  }
  void Cancel(const std::vector<uint64_t>&) override {}
  absl::Status Step() override {
    for (const uint64_t tag : std::exchange(tags_, {})) {
      finished_.emplace_back();
      finished_.back().tag = tag;
      finished_.back().version_spans.emplace_back();
      *finished_.back().version_spans.back().mutable_version() = version_;
      ++generated_;
    }
    return absl::OkStatus();
  }
  std::vector<FinishedSample> TakeFinished() override { return std::exchange(finished_, {}); }
  int live_samples() const override { return static_cast<int>(tags_.size()); }
  int waiting_samples() const override { return 0; }
  int64_t generated_tokens() const override { return generated_; }

  bool lie_ = false;

 private:
  std::shared_ptr<const Slab> weights_;
  WeightVersion version_;
  std::vector<uint64_t> tags_;
  std::vector<FinishedSample> finished_;
  int64_t generated_ = 0;
};

class GenerationLoopTest : public testing::Test {
 protected:
  // A lease of two samples that must be sampled by exactly the weights of `step`.
  void Lease(uint64_t id, uint64_t step) {
    auto work = std::make_shared<Work>();
    work->set_lease_id(id);
    work->set_prompt_ids(PackInt32(std::vector<int32_t>{1, 2}));
    for (uint32_t i = 0; i < 2; ++i) work->add_keys()->mutable_sample()->set_index(i);
    work->mutable_versions()->set_oldest_step(step);
    work->mutable_versions()->set_newest_step(step);
    EncodeCapture({10, 10, 100, {0}, 1, 0.3, 0}, work->mutable_capture());
    VersionSource source;
    source.mutable_version()->set_step(step);
    source.mutable_version()->set_digest(std::string(AsBytes(DigestOfStep(step).version)));
    source.add_addresses("somewhere");
    book_.Granted(id, 2);
    leased_.Push({std::move(work), {source}, absl::Now()});
  }

  absl::Status Run() {
    GenerationLoop loop({&engine_, &leased_, &generated_, &book_, &serving_, &metrics_, 1,
                         [this](const VersionSource& source) -> absl::StatusOr<Slab> {
                           if (failures_-- > 0) return absl::UnavailableError("nobody answers");
                           fetched_.push_back(source.version().step());
                           return Slab(16);
                         },
                         [this](uint64_t id) { OnRelease(id); }});
    return loop.Run({});
  }

  // As the hub does: what was given back is leased again, under another id.
  void OnRelease(uint64_t id) {
    released_.push_back(id);
    Lease(id + 10, 0);
    leased_.Close();
  }

  Metrics registry_{"rollout"};
  WorkerMetrics metrics_{&registry_};
  FakeEngine engine_;
  BoundedQueue<LeasedWork> leased_{64};
  BoundedQueue<GeneratedSample> generated_{64};
  LeaseBook book_;
  ServingState serving_;
  int failures_ = 0;
  std::vector<uint64_t> fetched_, released_;
};

TEST_F(GenerationLoopTest, SamplesEachLeaseUnderItsOwnVersionInOrder) {
  Lease(1, 0);
  Lease(2, 1);
  leased_.Close();
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(fetched_, ElementsAre(0, 1));
  const std::vector<GeneratedSample> generated = generated_.Take(64, std::chrono::milliseconds(0));
  ASSERT_EQ(generated.size(), 4u);
  for (const GeneratedSample& sample : generated) {
    EXPECT_EQ(sample.result.version_spans[0].version().step(), sample.work->versions().newest_step());
  }
  EXPECT_EQ(book_.to_generate(), 0u);
}

TEST_F(GenerationLoopTest, GivesALeaseBackWhoseWeightsNobodyServesAndTakesItAgain) {
  failures_ = 1;
  Lease(1, 0);
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(released_, ElementsAre(1));
  EXPECT_THAT(fetched_, ElementsAre(0));
  EXPECT_EQ(generated_.size(), 2u);
  EXPECT_THAT(book_.Held(), ElementsAre(11)) << "the lease that was given back is settled";
}

TEST_F(GenerationLoopTest, EndsWhenTheMemoryServedFromIsNotTheVersionFetched) {
  engine_.lie_ = true;
  Lease(1, 0);
  leased_.Close();
  EXPECT_EQ(Run().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(generated_.size(), 0u);
}

}  // namespace
}  // namespace rubato
