#include "credit/credit_options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "common/config.h"

namespace rubato {
namespace {

CreditSettings Resolved(const CreditSection& section) {
  const absl::StatusOr<CreditSettings> settings = ResolveCreditSettings(section);
  EXPECT_TRUE(settings.ok()) << settings.status();
  return settings.value_or(CreditSettings{});
}

TEST(CreditOptions, AbsentKeysAreThoseOfPaperV2AndCoupled) {
  const CreditSettings settings = Resolved({});
  EXPECT_EQ(settings.scheme, Scheme::kCoupled);
  EXPECT_EQ(settings.w, 10);
  EXPECT_EQ(settings.h_lo, 10);
  EXPECT_EQ(settings.h_hi, 100);
  EXPECT_EQ(settings.q, 0.4);
  EXPECT_EQ(settings.amp, 1.5);
  EXPECT_EQ(settings.alpha, 0.5);
  EXPECT_EQ(settings.k, 3);
  EXPECT_EQ(settings.head_share, 0.3);
  EXPECT_EQ(settings.signs, Signs::kBoth);
  EXPECT_EQ(settings.min_coverage, 0.95);
}

TEST(CreditOptions, PaperV1DiffersInHHiAndSigns) {
  CreditSection section;
  section.set_preset("paper_v1");
  const CreditSettings settings = Resolved(section);
  EXPECT_EQ(settings.h_hi, 50);
  EXPECT_EQ(settings.signs, Signs::kNonneg);
  EXPECT_EQ(settings.q, 0.4);
}

TEST(CreditOptions, AGivenKeyIsStrongerThanThePreset) {
  CreditSection section;
  section.set_preset("paper_v1");
  section.set_h_hi(70);
  section.set_signs("both");
  section.set_min_coverage(0);
  const CreditSettings settings = Resolved(section);
  EXPECT_EQ(settings.h_hi, 70);
  EXPECT_EQ(settings.signs, Signs::kBoth);
  EXPECT_EQ(settings.min_coverage, 0);
}

TEST(CreditOptions, TheKeysOutsideOfPresetsAreRead) {
  CreditSection section;
  section.set_scheme("entropy");
  section.set_bottom(true);
  section.set_tau_waad("{quantile: 0.25}");
  section.set_tau_delta("value: 2");
  section.set_normalize("mean_one");
  section.set_exclude_token_ids("[5, 7 9]");
  section.set_seed(11);
  const CreditSettings settings = Resolved(section);
  EXPECT_EQ(settings.scheme, Scheme::kEntropy);
  EXPECT_EQ(settings.end, RankEnd::kBottom);
  EXPECT_EQ(settings.tau_waad, (Threshold{Threshold::Kind::kQuantile, 0.25}));
  EXPECT_EQ(settings.tau_delta, (Threshold{Threshold::Kind::kValue, 2}));
  EXPECT_EQ(settings.normalize, Normalize::kMeanOne);
  EXPECT_EQ(settings.exclude_token_ids, (std::set<int32_t>{5, 7, 9}));
  EXPECT_EQ(settings.seed, 11u);
}

TEST(CreditOptions, TextThatIsNoThresholdNormalizationOrListOfIdsIsRefusedByKey) {
  const auto message = [](const std::function<void(CreditSection*)>& change) {
    CreditSection section;
    change(&section);
    return std::string(ResolveCreditSettings(section).status().message());
  };
  EXPECT_EQ(
      message([](CreditSection* s) { s->set_tau_delta("{quantile: 2}"); }),
      "credit.tau_delta: \"{quantile: 2}\" is no threshold; it must be median, {quantile: x} with x in 0..1, "
      "or {value: x} with x at least 0");
  EXPECT_EQ(message([](CreditSection* s) { s->set_normalize("sum"); }),
            "credit.normalize is \"sum\"; it must be one of none, mean_one");
  EXPECT_EQ(message([](CreditSection* s) { s->set_exclude_token_ids("5, x"); }),
            "credit.exclude_token_ids is \"5, x\"; it must be a list of token ids");
}

TEST(CreditOptions, FillingTwiceChangesNothingSoAResolvedFileCanBeReadAgain) {
  RunConfig config;
  ResolveDefaults(&config);
  ASSERT_TRUE(FillFromPreset(config.mutable_credit()).ok());
  const std::string once = config.SerializeAsString();
  config.mutable_credit()->set_preset("paper_v1");  // every key is there already
  ASSERT_TRUE(FillFromPreset(config.mutable_credit()).ok());
  config.mutable_credit()->set_preset("paper_v2");
  EXPECT_EQ(config.SerializeAsString(), once);
}

TEST(CreditOptions, EverySchemeIsKnownByItsName) {
  for (Scheme scheme : {Scheme::kUniform, Scheme::kLocalChunk, Scheme::kGlobalAnchor, Scheme::kCoupled}) {
    CreditSection section;
    section.set_scheme(std::string(Name(scheme)));
    EXPECT_EQ(Resolved(section).scheme, scheme);
    EXPECT_EQ(NeedsStatistics(scheme), scheme != Scheme::kUniform);
  }
}

TEST(CreditOptions, RefusesEachKeyByNameAndValue) {
  const std::pair<const char*, std::function<void(CreditSection*)>> faults[] = {
      {"credit.scheme is \"best\"; it must be one of uniform, local_chunk, global_anchor, coupled",
       [](auto* c) { c->set_scheme("best"); }},
      {"credit.preset is \"paper_v3\"", [](auto* c) { c->set_preset("paper_v3"); }},
      {"credit.signs is \"plus\"; it must be one of both, nonneg", [](auto* c) { c->set_signs("plus"); }},
      {"credit.w is 0", [](auto* c) { c->set_w(0); }},
      {"credit.w is 4294967295", [](auto* c) { c->set_w(0xFFFFFFFF); }},
      {"credit.h_lo is 0", [](auto* c) { c->set_h_lo(0); }},
      {"credit.h_hi is 9; it must be in 10..", [](auto* c) { c->set_h_hi(9); }},
      {"credit.k is 0", [](auto* c) { c->set_k(0); }},
      {"credit.q is 0", [](auto* c) { c->set_q(0); }},
      {"credit.q is 1.1; it must be in (0, 1]", [](auto* c) { c->set_q(1.1); }},
      {"credit.q is nan", [](auto* c) { c->set_q(std::nan("")); }},
      {"credit.amp is 0.5", [](auto* c) { c->set_amp(0.5); }},
      {"credit.alpha is 1.5", [](auto* c) { c->set_alpha(1.5); }},
      {"credit.alpha is nan", [](auto* c) { c->set_alpha(std::nan("")); }},
      {"credit.head_share is 0.6", [](auto* c) { c->set_head_share(0.6); }},
      {"credit.min_coverage is 2", [](auto* c) { c->set_min_coverage(2); }},
  };
  for (const auto& [expected, fault] : faults) {
    CreditSection section;
    fault(&section);
    const absl::Status status = ResolveCreditSettings(section).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << expected;
    EXPECT_NE(std::string(status.message()).find(expected), std::string::npos) << status;
  }
}

TEST(CreditOptions, ValidationAddsTheProblem) {
  RunConfig config;
  Problems problems;
  ValidateCreditOptions(config, &problems);
  EXPECT_TRUE(problems.empty());
  config.mutable_credit()->set_q(2);
  ValidateCreditOptions(config, &problems);
  ASSERT_EQ(problems.list().size(), 1u);
  EXPECT_EQ(problems.list()[0], "credit.q is 2; it must be in (0, 1]");
}

TEST(CreditOptions, ResponsesTooShortForTheSchemeAreAProblem) {
  RunConfig config;
  config.mutable_rollout()->set_max_new_tokens(10);
  const auto problems_of = [&](const char* scheme) {
    config.mutable_credit()->set_scheme(scheme);
    Problems problems;
    ValidateCreditOptions(config, &problems);
    return problems.list().size();
  };
  EXPECT_EQ(problems_of("coupled"), 1u);  // h_lo 10 needs 11 tokens
  EXPECT_EQ(problems_of("local_chunk"), 0u);
  EXPECT_EQ(problems_of("uniform"), 0u);
  config.mutable_rollout()->set_max_new_tokens(11);
  EXPECT_EQ(problems_of("coupled"), 0u);
}

TEST(CreditOptions, GroupsThatCanNeverBeWholeEnoughAreAProblem) {
  RunConfig config;
  config.mutable_batch()->set_group_size(4);
  config.mutable_batch()->set_min_ok(4);
  Problems problems;
  ValidateCreditOptions(config, &problems);
  EXPECT_TRUE(problems.empty());
  config.mutable_batch()->set_min_ok(5);
  ValidateCreditOptions(config, &problems);
  ASSERT_EQ(problems.list().size(), 1u);
  EXPECT_EQ(problems.list()[0].substr(0, 46), "batch.min_ok is 5, but a group has only 4 samp");
}

TEST(CreditSettings, SayWhatToCapture) {
  CreditSettings settings;
  settings.h_hi = 50;
  const Capture capture = CaptureFor(settings, {.layers = 6, .query_heads = 4});
  EXPECT_EQ(DescribeCapture(capture),
            "w 10, h_lo 10, h_hi 50, layers 2 3 4, heads 4, head_share 0.3, head_set_version 0");
  EXPECT_TRUE(ValidateCapture(capture).ok());
}

}  // namespace
}  // namespace rubato
