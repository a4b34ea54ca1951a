#include "stats/wire.h"

#include <algorithm>
#include <limits>
#include <string>

#include "common/bytes.h"
#include "common/concat.h"
#include "common/status.h"
#include "proto/stats.pb.h"
#include "stats/head_ranking.h"
#include "stats/integrity.h"
#include "stats/set_means.h"

namespace rubato {
namespace {

constexpr uint32_t kEncodingVersion = 1;

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(Concat("statistics: ", what)); }

// Moves what rounding left just outside 0..max to the edge; anything else, NaN included, stays.
void ClampRounding(double max, std::vector<float>* values) {
  const double slack = kRangeSlack * (1 + max);
  for (float& value : *values) {
    if (value < 0 && value >= -slack) value = 0;
    if (value > max && value <= max + slack) value = static_cast<float>(max);
  }
}

absl::Status CheckRecordShape(const AttentionRecord& record, const Capture& capture) {
  const size_t cells = static_cast<size_t>(record.head_count) * std::max(0, record.response_tokens);
  if (record.head_count == capture.HeadCount() && record.d.size() == static_cast<size_t>(record.head_count) &&
      record.waad.size() == cells && record.fai.size() == cells) {
    return absl::OkStatus();
  }
  return Bad(Concat("a record of ", record.head_count, " heads and ", record.response_tokens,
                    " tokens holds ", record.d.size(), " d, ", record.waad.size(), " WAAD and ",
                    record.fai.size(), " FAI; the capture asks for ", capture.HeadCount(), " heads"));
}

absl::StatusOr<DecodedStats> Reduce(const AttentionRecord& record, const Capture& capture) {
  RETURN_IF_ERROR(ValidateCapture(capture));
  RETURN_IF_ERROR(CheckRecordShape(record, capture));
  DecodedStats stats;
  ASSIGN_OR_RETURN(stats.ranking, RankHeads(record.d, capture.head_share));
  SetMeans means = MeansOverSets(record, stats.ranking);
  ClampRounding(capture.w, &means.waad);
  ClampRounding(1, &means.fai);
  stats.capture = capture;
  stats.response_tokens = record.response_tokens;
  stats.measured_rows = record.measured_rows;
  stats.d = record.d;
  stats.waad = std::move(means.waad);
  stats.fai = std::move(means.fai);
  RETURN_IF_ERROR(CheckStats(stats));
  return stats;
}

absl::Status CheckHeader(const AttentionStats& message, const Capture& lease, int response_tokens) {
  if (message.encoding_version() != kEncodingVersion) {
    return Bad(Concat("encoding_version is ", message.encoding_version(), "; it must be ", kEncodingVersion));
  }
  if (message.layout() != AttentionStats::SET_MEANS) {
    return Bad(Concat("layout is ", static_cast<int>(message.layout()), "; it must be SET_MEANS"));
  }
  ASSIGN_OR_RETURN(const Capture capture, DecodeCapture(message.capture()));
  if (capture != lease) {
    return Bad(
        Concat("captured with ", DescribeCapture(capture), "; the lease asked for ", DescribeCapture(lease)));
  }
  if (message.response_tokens() == static_cast<uint32_t>(response_tokens)) return absl::OkStatus();
  return Bad(
      Concat("response_tokens is ", message.response_tokens(), "; the response has ", response_tokens));
}

absl::StatusOr<std::vector<float>> Floats(std::string_view field, const std::string& bytes, int count) {
  if (bytes.size() == static_cast<size_t>(count) * sizeof(float)) return UnpackFloat(bytes);
  return Bad(Concat(field, " has ", bytes.size(), " bytes; ", count, " values need ", count * sizeof(float)));
}

absl::StatusOr<std::vector<int>> Heads(std::string_view field,
                                       const google::protobuf::RepeatedField<uint32_t>& message, int count) {
  std::vector<int> heads;
  for (uint32_t head : message) {
    if (head >= static_cast<uint32_t>(count)) {
      return Bad(Concat(field, " names head ", head, "; there are ", count));
    }
    heads.push_back(static_cast<int>(head));
  }
  return heads;
}

}  // namespace

absl::Status EncodeSetMeans(const AttentionRecord& record, const Capture& capture, AttentionStats* message) {
  const absl::StatusOr<DecodedStats> reduced = Reduce(record, capture);
  if (!reduced.ok()) return absl::InternalError(Concat(reduced.status().message()));
  const DecodedStats& stats = *reduced;
  message->Clear();
  message->set_encoding_version(kEncodingVersion);
  message->set_layout(AttentionStats::SET_MEANS);
  EncodeCapture(capture, message->mutable_capture());
  message->set_response_tokens(stats.response_tokens);
  message->set_measured_rows(stats.measured_rows);
  message->set_d(PackFloat(stats.d));
  message->set_waad(PackFloat(stats.waad));
  message->set_fai(PackFloat(stats.fai));
  for (int head : stats.ranking.local) message->mutable_sets()->add_local(head);
  for (int head : stats.ranking.global) message->mutable_sets()->add_global(head);
  return absl::OkStatus();
}

absl::StatusOr<DecodedStats> DecodeAttentionStats(const AttentionStats& message, const Capture& lease,
                                                  int response_tokens) {
  RETURN_IF_ERROR(CheckHeader(message, lease, response_tokens));
  DecodedStats stats;
  stats.capture = lease;
  stats.response_tokens = response_tokens;
  if (message.measured_rows() > static_cast<uint32_t>(response_tokens)) {
    return Bad(Concat("measured_rows is ", message.measured_rows(), "; it must be in 0..", response_tokens));
  }
  stats.measured_rows = static_cast<int>(message.measured_rows());
  const int head_count = lease.HeadCount();
  ASSIGN_OR_RETURN(stats.d, Floats("d", message.d(), head_count));
  ASSIGN_OR_RETURN(stats.waad, Floats("waad", message.waad(), response_tokens));
  ASSIGN_OR_RETURN(stats.fai, Floats("fai", message.fai(), response_tokens));
  ASSIGN_OR_RETURN(stats.ranking.local, Heads("sets.local", message.sets().local(), head_count));
  ASSIGN_OR_RETURN(stats.ranking.global, Heads("sets.global", message.sets().global(), head_count));
  RETURN_IF_ERROR(CheckStats(stats));
  return stats;
}

}  // namespace rubato
