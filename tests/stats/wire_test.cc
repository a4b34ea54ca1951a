#include "stats/wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "common/bytes.h"
#include "proto/stats.pb.h"
#include "stats/set_means.h"
#include "tests/stats/dense_maps.h"

namespace rubato {
namespace {

constexpr int kPrompt = 6, kTokens = 30;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Capture Settings() {
  return {.w = 10, .h_lo = 4, .h_hi = 12, .layers = {2, 3}, .heads = 5, .head_share = 0.3};
}

void Copy(const dense::Series& from, std::span<float> to) {
  for (size_t t = 0; t < from.size(); ++t) to[t] = from[t] ? static_cast<float>(*from[t]) : kNan;
}

// What a true engine measures of random maps when only `rows` of the response rows were run.
AttentionRecord Measured(int tokens, int rows) {
  std::mt19937 random(tokens * 100 + rows);
  const Capture capture = Settings();
  AttentionRecord record(capture.HeadCount(), tokens);
  record.measured_rows = rows;
  for (int head = 0; head < record.head_count && rows > 0; ++head) {
    const dense::Map map = dense::RandomMap(kPrompt + rows, 0.5 * head, &random);
    record.d[head] = static_cast<float>(dense::HeadDistance(map, kPrompt));
    Copy(dense::Waad(map, kPrompt, capture.w), record.WaadOf(head));
    Copy(dense::Fai(map, kPrompt, capture.h_lo, capture.h_hi), record.FaiOf(head));
  }
  return record;
}

AttentionStats Encoded(const AttentionRecord& record) {
  AttentionStats message;
  const absl::Status status = EncodeSetMeans(record, Settings(), &message);
  EXPECT_TRUE(status.ok()) << status;
  return message;
}

bool SameFloats(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

TEST(Wire, BringsSetMeansDistancesAndSetsAcross) {
  for (int tokens : {1, 2, 4, 5, 11, 30}) {
    const AttentionRecord record = Measured(tokens, tokens);
    const auto stats = DecodeAttentionStats(Encoded(record), Settings(), tokens);
    ASSERT_TRUE(stats.ok()) << stats.status();
    const HeadRanking ranking = *RankHeads(record.d, Settings().head_share);
    const SetMeans means = MeansOverSets(record, ranking);
    EXPECT_TRUE(SameFloats(stats->waad, means.waad));
    EXPECT_TRUE(SameFloats(stats->fai, means.fai));
    EXPECT_EQ(stats->d, record.d);
    EXPECT_EQ(stats->ranking, ranking);
    EXPECT_TRUE(stats->Complete());
  }
}

TEST(Wire, CostsEightBytesATokenAndFourAHead) {
  const AttentionStats message = Encoded(Measured(kTokens, kTokens));
  EXPECT_EQ(message.waad().size() + message.fai().size(), 8u * kTokens);
  EXPECT_EQ(message.d().size(), 40u);
}

TEST(Wire, AResponseWhoseLastRowsWereNotRunIsIncompleteAndStillConsistent) {
  for (int rows : {0, 1, 4, 5, kTokens - 1}) {
    const auto stats = DecodeAttentionStats(Encoded(Measured(kTokens, rows)), Settings(), kTokens);
    ASSERT_TRUE(stats.ok()) << rows << ": " << stats.status();
    EXPECT_FALSE(stats->Complete());
    EXPECT_EQ(stats->measured_rows, rows);
  }
}

// One way to spoil a good message, and what the refusal must say.
struct Fault {
  const char* expected;
  std::function<void(AttentionStats*)> apply;
};

void Put(float value, int position, std::string* field) {
  field->replace(position * sizeof(float), sizeof(float), PackFloat({&value, 1}));
}

TEST(Wire, RefusesEveryBrokenMessageByName) {
  const Fault faults[] = {
      {"encoding_version is 2", [](auto* m) { m->set_encoding_version(2); }},
      {"layout is 0", [](auto* m) { m->clear_layout(); }},
      {"capture.w is 0", [](auto* m) { m->clear_capture(); }},
      {"the lease asked for", [](auto* m) { m->mutable_capture()->set_w(11); }},
      {"the lease asked for", [](auto* m) { m->mutable_capture()->set_h_hi(13); }},
      {"the lease asked for", [](auto* m) { m->mutable_capture()->set_layers(1, 4); }},
      {"the lease asked for", [](auto* m) { m->mutable_capture()->set_head_share(0.4); }},
      {"response_tokens is 29; the response has 30", [](auto* m) { m->set_response_tokens(29); }},
      {"measured_rows is 31", [](auto* m) { m->set_measured_rows(31); }},
      {"measured_rows is 4294967295", [](auto* m) { m->set_measured_rows(0xFFFFFFFF); }},
      {"waad[29] is", [](auto* m) { m->set_measured_rows(29); }},
      {"d has 39 bytes", [](auto* m) { m->mutable_d()->pop_back(); }},
      {"d has 44 bytes", [](auto* m) { m->mutable_d()->append(4, '\0'); }},
      {"waad has 116 bytes", [](auto* m) { m->mutable_waad()->resize(116); }},
      {"fai has 0 bytes", [](auto* m) { m->clear_fai(); }},
      {"d[3] is nan", [](auto* m) { Put(kNan, 3, m->mutable_d()); }},
      {"d[3] is -1", [](auto* m) { Put(-1, 3, m->mutable_d()); }},
      {"waad[2] is nan", [](auto* m) { Put(kNan, 2, m->mutable_waad()); }},
      {"waad[2] is inf", [](auto* m) { Put(INFINITY, 2, m->mutable_waad()); }},
      {"waad[2] is -0.01", [](auto* m) { Put(-0.01f, 2, m->mutable_waad()); }},
      {"waad[2] is 10.01; it must be in 0..10", [](auto* m) { Put(10.01f, 2, m->mutable_waad()); }},
      {"fai[7] is 1.01; it must be in 0..1", [](auto* m) { Put(1.01f, 7, m->mutable_fai()); }},
      {"fai[25] is nan", [](auto* m) { Put(kNan, 25, m->mutable_fai()); }},
      {"fai[26] is 0, where it is undefined", [](auto* m) { Put(0, 26, m->mutable_fai()); }},
      {"names head 10; there are 10", [](auto* m) { m->mutable_sets()->set_local(0, 10); }},
      {"not those that ranking d gives",
       [](auto* m) { m->mutable_sets()->mutable_local()->SwapElements(0, 1); }},
      {"not those that ranking d gives", [](auto* m) { m->mutable_sets()->add_global(9); }},
      {"not those that ranking d gives", [](auto* m) { m->clear_sets(); }},
      {"above the mean distance of the local heads",
       [](auto* m) {
         std::vector<float> d = *UnpackFloat(m->d());
         for (float& distance : d) distance *= 0.1f;  // in the same order, and far below WAAD
         m->set_d(PackFloat(d));
       }},
  };
  const AttentionStats good = Encoded(Measured(kTokens, kTokens));
  for (const Fault& fault : faults) {
    AttentionStats message = good;
    fault.apply(&message);
    const absl::Status status = DecodeAttentionStats(message, Settings(), kTokens).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << fault.expected;
    EXPECT_NE(std::string(status.message()).find(fault.expected), std::string::npos)
        << fault.expected << " is not in: " << status;
  }
}

TEST(Wire, RefusesAResponseWithoutTokens) {
  AttentionStats message = Encoded(Measured(1, 1));
  message.set_response_tokens(0);
  message.set_measured_rows(0);
  message.clear_waad();
  message.clear_fai();
  const absl::Status status = DecodeAttentionStats(message, Settings(), 0).status();
  EXPECT_NE(std::string(status.message()).find("response_tokens is 0"), std::string::npos) << status;
}

TEST(Wire, MovesRoundingAtTheEdgeOfARangeToTheEdge) {
  AttentionRecord record = Measured(kTokens, kTokens);
  for (int head = 0; head < record.head_count; ++head) {
    record.WaadOf(head)[0] = -1e-6f;
    record.FaiOf(head)[0] = 1.000001f;
  }
  const auto stats = DecodeAttentionStats(Encoded(record), Settings(), kTokens);
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->waad[0], 0);
  EXPECT_EQ(stats->fai[0], 1);
}

TEST(Wire, DoesNotEncodeARecordThatIsWrong) {
  const std::pair<const char*, std::function<void(AttentionRecord*)>> faults[] = {
      {"waad[3] is nan",
       [](AttentionRecord* r) {
         r->measured_rows = kTokens;
         std::fill(r->waad.begin(), r->waad.end(), 0.0f);
         for (int h = 0; h < r->head_count; ++h) r->WaadOf(h)[3] = kNan;
       }},
      {"holds 9 d", [](AttentionRecord* r) { r->d.pop_back(); }},
      {"holds 10 d, 299 WAAD", [](AttentionRecord* r) { r->waad.pop_back(); }},
      {"measured_rows is -1", [](AttentionRecord* r) { r->measured_rows = -1; }},
      {"d[0] is nan", [](AttentionRecord* r) { r->d[0] = kNan; }},
  };
  for (const auto& [expected, fault] : faults) {
    AttentionRecord record = Measured(kTokens, kTokens);
    fault(&record);
    AttentionStats message;
    const absl::Status status = EncodeSetMeans(record, Settings(), &message);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << expected;
    EXPECT_NE(std::string(status.message()).find(expected), std::string::npos) << status;
  }
}

TEST(Wire, FlippedBytesEitherDecodeToCheckedValuesOrAreRefused) {
  std::mt19937 random(11);
  const std::string good = Encoded(Measured(kTokens, kTokens)).SerializeAsString();
  for (int trial = 0; trial < 20000; ++trial) {
    std::string bytes = good;
    for (int flips = 1 + trial % 3; flips > 0; --flips) bytes[random() % bytes.size()] ^= 1 << (random() % 8);
    if (trial % 5 == 0) bytes.resize(random() % bytes.size());
    AttentionStats message;
    if (!message.ParseFromString(bytes)) continue;
    const auto stats = DecodeAttentionStats(message, Settings(), kTokens);
    if (!stats.ok()) continue;
    for (float value : stats->waad) ASSERT_TRUE(std::isnan(value) || (value >= 0 && value <= 10));
    for (float value : stats->fai) ASSERT_TRUE(std::isnan(value) || (value >= 0 && value <= 1));
    ASSERT_EQ(stats->ranking, *RankHeads(stats->d, Settings().head_share));
  }
}

}  // namespace
}  // namespace rubato
