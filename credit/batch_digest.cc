#include "credit/batch_digest.h"

#include "common/bytes.h"

namespace rubato {
namespace {

class Writer {
 public:
  template <typename T>
  void Number(T value) {
    buffer_.clear();
    AppendNumber(value, &buffer_);
    stream_.Add(buffer_);
  }
  void Bytes(std::string_view bytes) {
    Number(static_cast<uint64_t>(bytes.size()));
    stream_.Add(bytes);
  }
  Digest Finish() { return stream_.Finish(); }

 private:
  Sha256Stream stream_;
  std::string buffer_;
};

void Add(const Segment& segment, Writer* out) {
  out->Number(static_cast<uint32_t>(segment.kind()));
  out->Bytes(segment.token_ids());
  out->Bytes(segment.logprobs());
  out->Bytes(segment.logprobs_sampled());
  out->Bytes(segment.entropies());
}

void Add(const BatchSample& sample, Writer* out) {
  out->Number(static_cast<uint32_t>(sample.key().group().pass()));
  out->Number(static_cast<uint64_t>(sample.key().group().position()));
  out->Number(static_cast<uint32_t>(sample.key().index()));
  out->Number(sample.advantage());
  out->Number(sample.temperature());
  out->Number(static_cast<uint64_t>(sample.staleness()));
  out->Number(static_cast<uint32_t>(sample.oldest_version().lineage()));
  out->Number(static_cast<uint64_t>(sample.oldest_version().step()));
  out->Bytes(sample.oldest_version().digest());
  out->Bytes(sample.token_weights());
  out->Number(static_cast<uint64_t>(sample.segments_size()));
  for (const Segment& segment : sample.segments()) Add(segment, out);
}

}  // namespace

Digest BatchDigest(uint64_t step, const BatchNormalizers& normalizers, std::span<const BatchSample> samples) {
  Writer out;
  out.Bytes("rubato batch 1");
  out.Number(step);
  out.Number(static_cast<uint64_t>(normalizers.samples()));
  out.Number(static_cast<uint64_t>(normalizers.tokens()));
  out.Number(static_cast<uint64_t>(samples.size()));
  for (const BatchSample& sample : samples) Add(sample, &out);
  return out.Finish();
}

}  // namespace rubato
