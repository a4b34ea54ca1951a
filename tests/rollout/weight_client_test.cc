#include "rollout/weight_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/rpc/server.h"
#include "policy/slab_digest.h"
#include "policy/weight_manifest.h"
#include "proto/weights.grpc.pb.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

ModelConfig SmallModel() {
  ModelConfig config;
  config.layers = 2;
  config.hidden = 512;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 64;
  config.ffn = 512;
  config.vocab = 64;
  config.tied_embeddings = true;
  config.qk_norm = true;
  return config;
}

// A slab of several chunks with numbers that all differ.
struct Weights {
  SlabLayout layout{SmallModel()};
  Slab slab{layout.size()};
  WeightManifest manifest;

  Weights() {
    for (int64_t i = 0; i < slab.size(); ++i) slab.data()[i] = static_cast<float>(i);
    manifest = MakeWeightManifest(0, 7, layout, DigestSlab(slab.bytes()));
  }
};

// A source that can be told to misbehave.
class Source : public WeightSource::Service {
 public:
  explicit Source(const Weights* weights) : weights_(weights) {
    server_ = std::make_unique<RpcServer>(*RpcServer::Start("127.0.0.1:0", {this}));
  }
  std::string address() const { return server_->address(); }

  bool holds_it = true;
  int64_t break_after_bytes = -1;
  int64_t corrupt_byte = -1;
  uint64_t first_chunk_asked = 0;

 private:
  grpc::Status GetManifest(grpc::ServerContext*, const GetManifestRequest*, WeightManifest* reply) override {
    if (!holds_it) return {grpc::StatusCode::NOT_FOUND, "no longer held"};
    *reply = weights_->manifest;
    return grpc::Status::OK;
  }

  grpc::Status GetChunks(grpc::ServerContext*, const GetChunksRequest* request,
                         grpc::ServerWriter<WeightSlice>* writer) override {
    first_chunk_asked = request->first_chunk();
    auto bytes = weights_->slab.bytes();
    constexpr size_t kSlice = 1 << 20;
    for (size_t at = request->first_chunk() * kSlabChunkBytes; at < bytes.size(); at += kSlice) {
      if (break_after_bytes >= 0 && at >= static_cast<size_t>(break_after_bytes)) {
        return {grpc::StatusCode::UNAVAILABLE, "broken on purpose"};
      }
      WeightSlice slice;
      slice.set_offset_bytes(at);
      slice.set_data(bytes.data() + at, std::min(kSlice, bytes.size() - at));
      if (corrupt_byte >= 0 && static_cast<size_t>(corrupt_byte) / kSlice == at / kSlice) {
        (*slice.mutable_data())[corrupt_byte % kSlice] ^= 1;
      }
      writer->Write(slice);
    }
    return grpc::Status::OK;
  }

  const Weights* weights_;
  std::unique_ptr<RpcServer> server_;
};

VersionSource From(const Weights& weights, std::initializer_list<std::string> addresses) {
  VersionSource source;
  *source.mutable_version() = weights.manifest.version();
  for (const std::string& address : addresses) source.add_addresses(address);
  return source;
}

bool SameBytes(const Slab& a, const Slab& b) {
  return a.bytes().size() == b.bytes().size() &&
         std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin());
}

TEST(WeightClient, BringsEveryByteOfTheVersion) {
  Weights weights;
  ASSERT_GT(weights.manifest.chunk_digests_size(), 1);
  Source source(&weights);
  absl::StatusOr<Slab> slab =
      FetchWeights(From(weights, {source.address()}), weights.layout, absl::Seconds(30));
  ASSERT_TRUE(slab.ok()) << slab.status();
  EXPECT_TRUE(SameBytes(*slab, weights.slab));
}

TEST(WeightClient, GoesOnAtTheMissingChunkFromTheNextSource) {
  Weights weights;
  Source broken(&weights), whole(&weights);
  broken.break_after_bytes = 5 << 20;  // one chunk of 4 MiB is whole
  absl::StatusOr<Slab> slab =
      FetchWeights(From(weights, {broken.address(), whole.address()}), weights.layout, absl::Seconds(30));
  ASSERT_TRUE(slab.ok()) << slab.status();
  EXPECT_TRUE(SameBytes(*slab, weights.slab));
  EXPECT_EQ(whole.first_chunk_asked, 1u);
}

TEST(WeightClient, NeverTakesAByteThatDiffers) {
  Weights weights;
  Source source(&weights);
  source.corrupt_byte = (4 << 20) + 17;
  absl::StatusOr<Slab> slab =
      FetchWeights(From(weights, {source.address()}), weights.layout, absl::Seconds(30));
  EXPECT_FALSE(slab.ok());
  EXPECT_THAT(std::string(slab.status().message()), HasSubstr("chunk 1 differs"));
}

TEST(WeightClient, SaysNotFoundOnlyWhenEverySourceDroppedTheVersion) {
  Weights weights;
  Source gone(&weights);
  gone.holds_it = false;
  EXPECT_EQ(FetchWeights(From(weights, {gone.address()}), weights.layout, absl::Seconds(30)).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(FetchWeights(From(weights, {gone.address(), "127.0.0.1:1"}), weights.layout, absl::Seconds(2))
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
}

TEST(WeightClient, RefusesTheManifestOfAnotherModel) {
  Weights weights;
  ModelConfig other = SmallModel();
  other.layers = 3;
  Source source(&weights);
  EXPECT_EQ(
      FetchWeights(From(weights, {source.address()}), SlabLayout(other), absl::Seconds(30)).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rubato
