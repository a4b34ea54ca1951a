#include "credit/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "common/bytes.h"
#include "credit/drop_reasons.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kStep = 5;

class Intake : public testing::Test {
 protected:
  Intake() : inputs_(TinyInputs()) {
    work_.set_lease_id(7);
    work_.set_attempt(2);
    WorkKey* key = work_.add_keys();
    key->mutable_sample()->mutable_group()->set_position(1);
    work_.set_prompt_ids(inputs_.train[0].ids);
    work_.mutable_sampling()->set_temperature(inputs_.intake.temperature);
    work_.mutable_sampling()->set_max_new_tokens(inputs_.intake.max_new_tokens);
    version_.set_step(kStep);
    version_.set_digest("digest");
    rules_.prompt_ids = work_.prompt_ids();
    rules_.versions = {kStep - 1, kStep};
    rules_.check_version = [](const WeightVersion& version) {
      return version.digest() == "digest" ? absl::OkStatus()
                                          : absl::FailedPreconditionError("unknown digest");
    };
    sample_ = MakeSample(inputs_, work_, 0, version_);
  }

  Examined Examine() const { return ExamineSample(sample_, inputs_.intake, rules_); }
  Segment* policy() { return sample_.mutable_segments(1); }
  uint64_t tokens() const { return sample_.segments(1).token_ids().size() / 4; }

  void SetFloat(std::string* bytes, size_t at, float value) {
    std::string packed;
    AppendNumber(value, &packed);
    bytes->replace(at * sizeof(float), sizeof(float), packed);
  }
  void SetToken(size_t at, int32_t value) {
    std::string packed;
    AppendNumber(value, &packed);
    policy()->mutable_token_ids()->replace(at * sizeof(int32_t), sizeof(int32_t), packed);
  }

  HubInputs inputs_;
  Work work_;
  WeightVersion version_;
  UnitIntakeRules rules_;
  Sample sample_;
};

TEST_F(Intake, TakesASoundSample) {
  const Examined examined = Examine();
  EXPECT_EQ(examined.reason, "") << examined.detail;
  EXPECT_TRUE(examined.verified && examined.measured);
  EXPECT_EQ(examined.tokens, tokens());
  EXPECT_EQ(examined.oldest_step, kStep);
}

TEST_F(Intake, TakesSamplesOfAllShapesThatAWorkerMakes) {
  for (uint64_t position = 0; position < 200; ++position) {
    work_.mutable_keys(0)->mutable_sample()->mutable_group()->set_position(position);
    sample_ = MakeSample(inputs_, work_, 0, version_);
    EXPECT_EQ(Examine().reason, "") << position << ": " << Examine().detail;
  }
}

struct Tampering {
  const char* what;
  std::string_view reason;
  const char* detail;
  std::function<void(Sample*)> change;
};

TEST_F(Intake, RefusesEachThingThatIsNotAsAsked) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto policy = [](Sample* s) { return s->mutable_segments(1); };
  const auto set_float = [this](std::string* bytes, size_t at, float value) { SetFloat(bytes, at, value); };
  const std::vector<Tampering> all = {
      {"tokenizer", kRefusedSettings, "tokenizer_digest", [](Sample* s) { s->set_tokenizer_digest("x"); }},
      {"configuration", kRefusedSettings, "config_digest", [](Sample* s) { s->clear_config_digest(); }},
      {"temperature", kRefusedSettings, "temperature is 0.5",
       [](Sample* s) { s->mutable_sampling()->set_temperature(0.5); }},
      {"length limit", kRefusedSettings, "max_new_tokens",
       [](Sample* s) { s->mutable_sampling()->set_max_new_tokens(9); }},
      {"no segments", kRefusedContent, "segments", [](Sample* s) { s->clear_segments(); }},
      {"other kinds", kRefusedContent, "segments",
       [=](Sample* s) { policy(s)->set_kind(Segment::ENVIRONMENT); }},
      {"other prompt", kRefusedContent, "prompt",
       [](Sample* s) { s->mutable_segments(0)->set_token_ids("1234"); }},
      {"no tokens", kRefusedContent, "0 tokens", [=](Sample* s) { policy(s)->clear_token_ids(); }},
      {"half a token", kRefusedContent, "", [=](Sample* s) { policy(s)->mutable_token_ids()->pop_back(); }},
      {"no log-probs", kRefusedContent, "logprobs holds 0", [=](Sample* s) { policy(s)->clear_logprobs(); }},
      {"log-prob NaN", kRefusedContent, "logprobs[0] is nan",
       [=](Sample* s) { set_float(policy(s)->mutable_logprobs(), 0, kNan); }},
      {"log-prob above 0", kRefusedContent, "logprobs[0] is 0.5",
       [=](Sample* s) { set_float(policy(s)->mutable_logprobs(), 0, 0.5f); }},
      {"log-prob -inf", kRefusedContent, "logprobs[0] is -inf",
       [=](Sample* s) {
         set_float(policy(s)->mutable_logprobs(), 0, -std::numeric_limits<float>::infinity());
       }},
      {"sampled log-probs too short", kRefusedContent, "logprobs_sampled holds 1",
       [=](Sample* s) { policy(s)->set_logprobs_sampled("abcd"); }},
      {"entropy below 0", kRefusedContent, "entropies[0]",
       [=](Sample* s) { set_float(policy(s)->mutable_entropies(), 0, -1); }},
      {"entropy above ln V", kRefusedContent, "entropies[0]",
       [=](Sample* s) { set_float(policy(s)->mutable_entropies(), 0, 9); }},
      {"no finish", kRefusedContent, "finish_reason is 0", [](Sample* s) { s->clear_finish_reason(); }},
      {"no version", kRefusedVersion, "empty", [](Sample* s) { s->clear_version_spans(); }},
      {"version too old", kRefusedVersion, "version 3 of lineage 0 is outside of 4..5",
       [](Sample* s) { s->mutable_version_spans(0)->mutable_version()->set_step(3); }},
      {"version too new", kRefusedVersion, "version 6",
       [](Sample* s) { s->mutable_version_spans(0)->mutable_version()->set_step(6); }},
      {"other lineage", kRefusedVersion, "lineage 1",
       [](Sample* s) { s->mutable_version_spans(0)->mutable_version()->set_lineage(1); }},
      {"other digest", kRefusedVersion, "unknown digest",
       [](Sample* s) { s->mutable_version_spans(0)->mutable_version()->set_digest("other"); }},
      {"span behind the prompt", kRefusedVersion, "begin at token 4",
       [](Sample* s) { s->mutable_version_spans(0)->set_first_token(4); }},
      {"spans out of order", kRefusedVersion, "out of order",
       [](Sample* s) { *s->add_version_spans() = s->version_spans(0); }},
      {"no verdict", kRefusedVerdict, "outcome is 0", [](Sample* s) { s->clear_verdict(); }},
      {"reward NaN", kRefusedVerdict, "not finite",
       [](Sample* s) { s->mutable_verdict()->set_reward(std::numeric_limits<double>::quiet_NaN()); }},
      {"reward is not its parts", kRefusedVerdict, "sum",
       [](Sample* s) { s->mutable_verdict()->set_reward(7); }},
      {"capture", kRefusedStatistics, "", [](Sample* s) { s->mutable_stats()->mutable_capture()->set_w(9); }},
      {"statistics of another length", kRefusedStatistics, "",
       [](Sample* s) { s->mutable_stats()->mutable_waad()->append("abcd"); }},
      {"WAAD NaN", kRefusedStatistics, "",
       [=](Sample* s) { set_float(s->mutable_stats()->mutable_waad(), 0, kNan); }},
      {"other head sets", kRefusedStatistics, "",
       [](Sample* s) { s->mutable_stats()->mutable_sets()->mutable_local()->Clear(); }},
  };
  for (const Tampering& tampering : all) {
    SCOPED_TRACE(tampering.what);
    const Sample whole = sample_;
    tampering.change(&sample_);
    const Examined examined = Examine();
    EXPECT_EQ(examined.reason, tampering.reason) << examined.detail;
    EXPECT_THAT(examined.detail, HasSubstr(tampering.detail));
    EXPECT_TRUE(examined.refused());
    sample_ = whole;
  }
}

TEST_F(Intake, RefusesTokensBeyondTheVocabulary) {
  SetToken(0, 16);
  EXPECT_EQ(Examine().reason, kRefusedContent);
  SetToken(0, -1);
  EXPECT_THAT(Examine().detail, HasSubstr("token_ids[0] is -1"));
}

TEST_F(Intake, RefusesAResponseThatDoesNotEndWhereItSays) {
  sample_.set_finish_reason(tokens() == inputs_.intake.max_new_tokens ? FINISH_STOP : FINISH_LENGTH);
  EXPECT_EQ(Examine().reason, kRefusedContent) << tokens();
  sample_ = MakeSample(inputs_, work_, 0, version_);
  ASSERT_GT(tokens(), 1u);
  SetToken(0, 1);
  EXPECT_THAT(Examine().detail, HasSubstr("goes on after its end token at 0"));
}

TEST_F(Intake, CountsTheOldestVersionOfASwap) {
  ASSERT_GT(tokens(), 2u);
  VersionSpan* second = sample_.add_version_spans();
  *second = sample_.version_spans(0);
  second->set_first_token(sample_.version_spans(0).first_token() + 1);
  sample_.mutable_version_spans(0)->mutable_version()->set_step(kStep - 1);
  EXPECT_EQ(Examine().reason, "") << Examine().detail;
  EXPECT_EQ(Examine().oldest_step, kStep - 1);
}

TEST_F(Intake, NeverTakesAFailedVerifierForARewardOfZero) {
  sample_.mutable_verdict()->set_outcome(Verdict::TIMEOUT);
  EXPECT_EQ(Examine().reason, kVerifierTimeout);
  EXPECT_FALSE(Examine().verified || Examine().refused());
  sample_.mutable_verdict()->set_outcome(Verdict::CRASHED);
  EXPECT_EQ(Examine().reason, kVerifierCrashed);
}

TEST_F(Intake, TellsMissingStatisticsFromIncompleteOnes) {
  sample_.mutable_stats()->set_measured_rows(static_cast<uint32_t>(tokens()));
  sample_.clear_stats();
  EXPECT_EQ(Examine().reason, kNoStatistics);
  EXPECT_TRUE(Examine().verified);
  EXPECT_FALSE(Examine().measured);
}

TEST_F(Intake, SeesTheSameContentWhoeverSubmitsIt) {
  const std::string digest = ContentDigest(sample_);
  sample_.set_lease_id(99);
  sample_.set_attempt(99);
  sample_.set_worker("other");
  sample_.set_seconds(3);
  EXPECT_EQ(ContentDigest(sample_), digest);
  SetToken(0, 3);
  EXPECT_NE(ContentDigest(sample_), digest);
}

}  // namespace
}  // namespace rubato
