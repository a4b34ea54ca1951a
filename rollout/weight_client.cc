#include "rollout/weight_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "policy/slab_digest.h"
#include "policy/weight_manifest.h"
#include "proto/weights.grpc.pb.h"

namespace rubato {
namespace {

std::string_view BytesOf(const Slab& slab, size_t begin, size_t end) {
  return {reinterpret_cast<const char*>(slab.bytes().data()) + begin, end - begin};
}

// One fetch: what is proven so far survives a change of source.
class Fetch {
 public:
  Fetch(const WeightVersion& version, const SlabLayout& layout, absl::Time deadline)
      : version_(version), layout_(layout), deadline_(deadline), slab_(layout.size()) {}

  absl::Status From(const std::string& address) {
    RpcChannelOptions options;
    options.own_connection = true;
    absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(address, options);
    if (!channel.ok()) return channel.status();
    std::unique_ptr<WeightSource::Stub> stub = WeightSource::NewStub(*std::move(channel));
    if (manifest_.chunk_digests().empty()) {
      if (absl::Status status = FetchManifest(stub.get()); !status.ok()) return status;
    }
    return FetchChunks(stub.get());
  }

  Slab Take() && { return std::move(slab_); }

 private:
  absl::Duration Left() const { return std::max(deadline_ - absl::Now(), absl::ZeroDuration()); }

  absl::Status FetchManifest(WeightSource::Stub* stub) {
    GetManifestRequest request;
    *request.mutable_version() = version_;
    CallContext context(Left());
    WeightManifest manifest;
    absl::Status status = FromGrpc(stub->GetManifest(context.get(), request, &manifest));
    if (!status.ok()) return status;
    if (manifest.version().digest() != version_.digest()) {
      return absl::DataLossError("the manifest is of another version than was asked for");
    }
    status = CheckWeightManifest(manifest, layout_);
    if (!status.ok()) return absl::FailedPreconditionError(status.message());
    manifest_ = std::move(manifest);
    return absl::OkStatus();
  }

  absl::Status FetchChunks(WeightSource::Stub* stub) {
    GetChunksRequest request;
    *request.mutable_version() = version_;
    request.set_first_chunk(proven_chunks_);
    CallContext context(Left());
    auto stream = stub->GetChunks(context.get(), request);
    size_t received = proven_chunks_ * kSlabChunkBytes;
    WeightSlice slice;
    absl::Status problem;
    while (problem.ok() && stream->Read(&slice)) {
      problem = Accept(slice, &received);
    }
    if (!problem.ok()) context.get()->TryCancel();
    absl::Status ended = FromGrpc(stream->Finish());
    if (!problem.ok()) return problem;
    if (!ended.ok()) return ended;
    if (received == slab_.bytes().size()) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("the stream ended after ", received, " of ", slab_.bytes().size(), " bytes"));
  }

  absl::Status Accept(const WeightSlice& slice, size_t* received) {
    if (slice.offset_bytes() != *received || slice.data().size() > slab_.bytes().size() - *received) {
      return absl::DataLossError(absl::StrCat("a slice at byte ", slice.offset_bytes(), " of ",
                                              slice.data().size(), " bytes came where byte ", *received,
                                              " of ", slab_.bytes().size(), " was due"));
    }
    std::memcpy(slab_.bytes().data() + *received, slice.data().data(), slice.data().size());
    *received += slice.data().size();
    return ProveChunks(*received);
  }

  // Compares every chunk that is now whole with the manifest.
  absl::Status ProveChunks(size_t received) {
    const size_t total = slab_.bytes().size();
    for (;; ++proven_chunks_) {
      const size_t begin = proven_chunks_ * kSlabChunkBytes, end = std::min(begin + kSlabChunkBytes, total);
      if (begin >= total || end > received) return absl::OkStatus();
      if (AsBytes(Sha256(BytesOf(slab_, begin, end))) !=
          manifest_.chunk_digests(static_cast<int>(proven_chunks_))) {
        return absl::DataLossError(absl::StrCat("chunk ", proven_chunks_, " differs from its digest"));
      }
    }
  }

  const WeightVersion version_;
  const SlabLayout& layout_;
  const absl::Time deadline_;
  WeightManifest manifest_;
  Slab slab_;
  size_t proven_chunks_ = 0;
};

}  // namespace

absl::StatusOr<Slab> FetchWeights(const VersionSource& source, const SlabLayout& layout,
                                  absl::Duration timeout) {
  Fetch fetch(source.version(), layout, absl::Now() + timeout);
  std::string said;
  bool all_not_found = true;
  for (const std::string& address : source.addresses()) {
    absl::Status status = fetch.From(address);
    if (status.ok()) return std::move(fetch).Take();
    if (status.code() == absl::StatusCode::kFailedPrecondition) return status;
    all_not_found &= status.code() == absl::StatusCode::kNotFound;
    absl::StrAppend(&said, said.empty() ? "" : "; ", address, " said ", status.ToString());
  }
  const std::string message =
      absl::StrCat("version ", source.version().step(), " of lineage ", source.version().lineage(),
                   " could not be fetched: ", said.empty() ? "nobody holds it" : said);
  return all_not_found ? absl::NotFoundError(message) : absl::UnavailableError(message);
}

}  // namespace rubato
