#include "policy/weight_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/tiny_model.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

class WeightManifestTest : public testing::Test {
 protected:
  const ModelConfig config_ = TinyModelConfig();
  const SlabLayout layout_{config_};
  const Slab slab_ = RandomSlab(config_, 1);
  WeightManifest manifest_ = MakeWeightManifest(2, 7, layout_, DigestSlab(slab_.bytes()));

  std::string Problem() const { return std::string(CheckWeightManifest(manifest_, layout_).message()); }
};

TEST_F(WeightManifestTest, DescribesTheSlabItWasMadeFrom) {
  EXPECT_EQ(manifest_.version().lineage(), 2u);
  EXPECT_EQ(manifest_.version().step(), 7u);
  EXPECT_EQ(manifest_.version().digest(), AsBytes(DigestSlab(slab_.bytes()).version));
  EXPECT_EQ(manifest_.total_bytes(), slab_.bytes().size());
  EXPECT_TRUE(CheckWeightManifest(manifest_, layout_).ok());
}

TEST_F(WeightManifestTest, IsRefusedByAModelOfAnotherShape) {
  ModelConfig other = config_;
  other.ffn += 1;
  const absl::Status status = CheckWeightManifest(manifest_, SlabLayout(other));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("mlp.down_proj"));
}

TEST_F(WeightManifestTest, IsRefusedWithAnotherDtype) {
  manifest_.mutable_tensors(0)->set_dtype("BF16");
  EXPECT_THAT(Problem(), HasSubstr("BF16"));
}

TEST_F(WeightManifestTest, IsRefusedWithATensorTooFew) {
  manifest_.mutable_tensors()->RemoveLast();
  EXPECT_THAT(Problem(), HasSubstr("number of tensors"));
}

TEST_F(WeightManifestTest, IsRefusedWhenItsChunksDoNotMakeItsVersion) {
  (*manifest_.mutable_chunk_digests(0))[0] ^= 1;
  EXPECT_THAT(Problem(), HasSubstr("chunk digests"));
}

TEST_F(WeightManifestTest, IsRefusedWithADigestOfAnotherLength) {
  manifest_.mutable_chunk_digests(0)->pop_back();
  EXPECT_FALSE(CheckWeightManifest(manifest_, layout_).ok());
}

TEST_F(WeightManifestTest, IsRefusedWithAnotherChunkSizeOrTotal) {
  manifest_.set_chunk_bytes(1024);
  EXPECT_THAT(Problem(), HasSubstr("chunk_bytes is 1024"));
  manifest_.set_total_bytes(4);
  EXPECT_THAT(Problem(), HasSubstr("total_bytes is 4"));
}

}  // namespace
}  // namespace rubato
