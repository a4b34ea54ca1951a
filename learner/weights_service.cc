#include "learner/weights_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "proto/weights.grpc.pb.h"

namespace rubato {
namespace {

constexpr uint64_t kSliceBytes = uint64_t{1} << 20;

class Service final : public WeightSource::Service {
 public:
  explicit Service(const WeightStore* store) : store_(*store) {}

  grpc::Status GetManifest(grpc::ServerContext* /*context*/, const GetManifestRequest* request,
                           WeightManifest* reply) override {
    const auto version = store_.Find(request->version());
    if (version == nullptr) return NotHeld(request->version());
    *reply = version->manifest;
    return grpc::Status::OK;
  }

  grpc::Status GetChunks(grpc::ServerContext* /*context*/, const GetChunksRequest* request,
                         grpc::ServerWriter<WeightSlice>* writer) override {
    const auto version = store_.Find(request->version());
    if (version == nullptr) return NotHeld(request->version());
    const WeightManifest& manifest = version->manifest;
    const uint64_t chunks = manifest.chunk_digests_size();
    const uint64_t first = request->first_chunk();
    const uint64_t count =
        request->chunk_count() == 0 && first <= chunks ? chunks - first : request->chunk_count();
    if (first > chunks || count > chunks - first) {
      return ToGrpc(absl::InvalidArgumentError(absl::StrCat("first_chunk ", first, " and chunk_count ", count,
                                                            " go beyond the ", chunks, " chunks")));
    }
    const uint64_t end = std::min((first + count) * manifest.chunk_bytes(), manifest.total_bytes());
    return Stream(*version->slab, first * manifest.chunk_bytes(), end, writer);
  }

 private:
  static grpc::Status Stream(const Slab& slab, uint64_t begin, uint64_t end,
                             grpc::ServerWriter<WeightSlice>* writer) {
    const char* bytes = reinterpret_cast<const char*>(slab.data());
    WeightSlice slice;
    for (uint64_t offset = begin; offset < end; offset += kSliceBytes) {
      slice.set_offset_bytes(offset);
      slice.set_data(bytes + offset, std::min(kSliceBytes, end - offset));
      if (!writer->Write(slice)) return grpc::Status(grpc::StatusCode::CANCELLED, "the fetcher is gone");
    }
    return grpc::Status::OK;
  }

  static grpc::Status NotHeld(const WeightVersion& version) {
    return ToGrpc(
        absl::NotFoundError(absl::StrCat("version ", version.step(), " of lineage ", version.lineage(),
                                         " is not held here; ask another source")));
  }

  const WeightStore& store_;
};

class RunningServer final : public WeightsServer {
 public:
  explicit RunningServer(const WeightStore* store) : service_(store) {}

  absl::Status Listen(const std::string& address) {
    ASSIGN_OR_RETURN(RpcServer server, RpcServer::Start(address, {&service_}));
    server_ = std::make_unique<RpcServer>(std::move(server));
    return absl::OkStatus();
  }

  std::string address() const override { return server_->address(); }

 private:
  Service service_;
  std::unique_ptr<RpcServer> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WeightsServer>> WeightsServer::Start(const std::string& listen,
                                                                    const WeightStore* store) {
  auto server = std::make_unique<RunningServer>(store);
  RETURN_IF_ERROR(server->Listen(listen));
  return server;
}

}  // namespace rubato
