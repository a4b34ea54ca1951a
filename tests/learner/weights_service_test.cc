#include "learner/weights_service.h"

#include <algorithm>
#include <memory>

#include "gtest/gtest.h"
#include "policy/slab_digest.h"
#include "policy/weight_manifest.h"
#include "rollout/weight_client.h"
#include "tests/learner/tiny_models.h"

namespace rubato {
namespace {

// Over 4 MiB: more than one chunk, and more than one slice in each.
ModelConfig LargerConfig() {
  ModelConfig config = TinyConfig();
  config.vocab = 50000;
  return config;
}

class WeightsServerTest : public testing::Test {
 protected:
  std::shared_ptr<const StoredVersion> Add(uint64_t step, int seed) {
    auto version = std::make_shared<StoredVersion>();
    auto slab = std::make_shared<Slab>(RandomSlab(config_, seed));
    version->manifest = MakeWeightManifest(0, step, layout_, DigestSlab(slab->bytes()));
    version->slab = slab;
    store_.Add(version);
    return version;
  }

  absl::StatusOr<Slab> Fetch(const WeightVersion& version) {
    VersionSource source;
    *source.mutable_version() = version;
    source.add_addresses(server_->address());
    return FetchWeights(source, layout_, absl::Seconds(20));
  }

  const ModelConfig config_ = LargerConfig();
  const SlabLayout layout_{config_};
  WeightStore store_{2};
  std::unique_ptr<WeightsServer> server_ = *WeightsServer::Start("127.0.0.1:0", &store_);
};

TEST_F(WeightsServerTest, GivesAFetcherEveryBitOfAVersion) {
  const auto version = Add(3, 1);
  Add(4, 2);
  const auto fetched = Fetch(version->manifest.version());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_TRUE(std::ranges::equal(fetched->floats(), version->slab->floats()));
}

TEST_F(WeightsServerTest, NoLongerHoldsTheOldestOfMoreThanItsCapacity) {
  const auto first = Add(3, 1);
  Add(4, 2);
  Add(5, 3);
  EXPECT_EQ(Fetch(first->manifest.version()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(WeightsServerTest, DoesNotGiveAnotherDigestOfTheSameStep) {
  WeightVersion version = Add(3, 1)->manifest.version();
  version.set_digest(std::string(32, 'x'));
  EXPECT_EQ(Fetch(version).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rubato
