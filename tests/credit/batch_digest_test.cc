#include "credit/batch_digest.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace rubato {
namespace {

BatchSample Whole() {
  BatchSample sample;
  sample.mutable_key()->mutable_group()->set_pass(1);
  sample.mutable_key()->mutable_group()->set_position(2);
  sample.mutable_key()->set_index(3);
  sample.set_advantage(0.5);
  sample.set_token_weights("weights!");
  sample.set_temperature(1);
  sample.set_staleness(4);
  sample.mutable_oldest_version()->set_lineage(1);
  sample.mutable_oldest_version()->set_step(6);
  sample.mutable_oldest_version()->set_digest("digest");
  Segment* segment = sample.add_segments();
  segment->set_kind(Segment::POLICY);
  segment->set_token_ids("ids");
  segment->set_logprobs("logprobs");
  segment->set_logprobs_sampled("sampled");
  segment->set_entropies("entropies");
  return sample;
}

BatchNormalizers Normalizers() {
  BatchNormalizers normalizers;
  normalizers.set_samples(1);
  normalizers.set_tokens(1);
  return normalizers;
}

std::string DigestOf(const BatchSample& sample) { return ToHex(BatchDigest(9, Normalizers(), {&sample, 1})); }

// Calls `visit` once per field of `message` and below, with that field cleared.
void ForEachFieldCleared(google::protobuf::Message* root, google::protobuf::Message* message,
                         const std::function<void(const std::string&)>& visit) {
  const auto* reflection = message->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() != nullptr) {
      auto* below = field->is_repeated() ? reflection->MutableRepeatedMessage(message, field, 0)
                                         : reflection->MutableMessage(message, field);
      ForEachFieldCleared(root, below, visit);
      continue;
    }
    std::unique_ptr<google::protobuf::Message> kept(message->New());
    kept->CopyFrom(*message);
    reflection->ClearField(message, field);
    visit(field->full_name());
    message->CopyFrom(*kept);
  }
}

TEST(BatchDigest, CoversEveryFieldOfASample) {
  BatchSample sample = Whole();
  EXPECT_EQ(BatchSample::descriptor()->field_count(), 7)
      << "a new field of BatchSample must enter the digest";
  EXPECT_EQ(Segment::descriptor()->field_count(), 5);
  std::set<std::string> seen = {DigestOf(sample)};
  ForEachFieldCleared(&sample, &sample, [&](const std::string& field) {
    EXPECT_TRUE(seen.insert(DigestOf(sample)).second) << field << " is not in the digest";
  });
  EXPECT_EQ(seen.size(), 16u);
}

TEST(BatchDigest, CoversStepNormalizersAndOrder) {
  std::vector<BatchSample> samples = {Whole(), Whole()};
  samples[1].mutable_key()->set_index(4);
  BatchNormalizers normalizers = Normalizers();
  const Digest one = BatchDigest(9, normalizers, samples);
  EXPECT_EQ(one, BatchDigest(9, normalizers, samples));
  EXPECT_NE(one, BatchDigest(8, normalizers, samples));
  std::swap(samples[0], samples[1]);
  EXPECT_NE(one, BatchDigest(9, normalizers, samples));
  std::swap(samples[0], samples[1]);
  normalizers.set_tokens(2);
  EXPECT_NE(one, BatchDigest(9, normalizers, samples));
}

TEST(BatchDigest, KeepsNeighbouringFieldsApart) {
  BatchSample left = Whole();
  BatchSample right = Whole();
  left.mutable_segments(0)->set_token_ids("ab");
  left.mutable_segments(0)->set_logprobs("c");
  right.mutable_segments(0)->set_token_ids("a");
  right.mutable_segments(0)->set_logprobs("bc");
  EXPECT_NE(DigestOf(left), DigestOf(right));
}

TEST(BatchDigest, ExistsForAStepWithoutSamples) {
  EXPECT_NE(BatchDigest(1, BatchNormalizers(), {}), BatchDigest(2, BatchNormalizers(), {}));
}

}  // namespace
}  // namespace rubato
