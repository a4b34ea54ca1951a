// Every key of the credit section changes something: a token weight, or what workers are asked to measure.

#include "credit/credit_settings.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "common/config.h"
#include "common/problems.h"
#include "credit/credit_options.h"
#include "credit/token_weights.h"
#include "credit/weighing_input.h"
#include "proto/config.pb.h"

namespace rubato {
namespace {

// A response on which every rule has something to do, and the ids of its tokens.
constexpr int kTokens = 150;

std::vector<int32_t> Ids() {
  std::vector<int32_t> ids;
  for (int t = 0; t < kTokens; ++t) ids.push_back(t % 11);
  return ids;
}

ResponseView Response(const CreditSettings& settings) {
  std::mt19937 random(5);
  std::vector<float> waad, fai;
  for (int t = 0; t < kTokens; ++t) {
    waad.push_back(static_cast<float>(random() % 1000) / 100);
    fai.push_back(static_cast<float>(random() % 1000) / 1000);
  }
  ResponseView view = MakeResponseView(waad, fai, RolesOf(Ids(), settings));
  for (int t = 0; t < kTokens; ++t) view.entropy.push_back(static_cast<double>(random() % 1000));
  return view;
}

struct Outcome {
  Capture capture;
  std::vector<double> gamma, gamma_of_negative;
  double min_coverage = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome Of(const CreditSection& section) {
  const CreditSettings settings = *ResolveCreditSettings(section);
  return {CaptureFor(settings, {.layers = 12, .query_heads = 8}),
          WeighTokens(settings, Response(settings), 1).gamma,
          WeighTokens(settings, Response(settings), -1).gamma, settings.min_coverage};
}

// A setting that differs from the defaults with `before` on top.
struct Change {
  std::vector<std::string> before = {};
  std::string after;
};

CreditSection Section(const std::vector<std::string>& overrides) {
  RunConfig config;
  for (const std::string& text : overrides) {
    Problems problems;
    ApplyOverride("credit." + text, &config, &problems);
    EXPECT_TRUE(problems.ToStatus().ok()) << problems.ToStatus();
  }
  return config.credit();
}

TEST(CreditSettings, EveryKeyChangesAnOutput) {
  const std::map<std::string, Change> changes = {
      {"scheme", {{}, "scheme=random"}},
      {"preset", {{}, "preset=paper_v1"}},
      {"w", {{}, "w=12"}},
      {"h_lo", {{}, "h_lo=8"}},
      {"h_hi", {{}, "h_hi=60"}},
      {"q", {{}, "q=0.2"}},
      {"amp", {{}, "amp=2"}},
      {"alpha", {{}, "alpha=0.25"}},
      {"k", {{}, "k=1"}},
      {"head_share", {{}, "head_share=0.2"}},
      {"signs", {{}, "signs=nonneg"}},
      {"min_coverage", {{}, "min_coverage=0.5"}},
      {"bottom", {{}, "bottom=true"}},
      {"tau_waad", {{}, "tau_waad={quantile: 0.9}"}},
      {"tau_delta", {{}, "tau_delta={value: 0.5}"}},
      {"normalize", {{}, "normalize=mean_one"}},
      {"exclude_token_ids", {{}, "exclude_token_ids=3,5"}},
      {"seed", {{"scheme=random"}, "seed=2"}},
  };
  const auto* fields = CreditSection::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    const std::string& key = fields->field(i)->name();
    ASSERT_TRUE(changes.contains(key)) << "no change of credit." << key << " is tried";
    std::vector<std::string> overrides = changes.at(key).before;
    const Outcome before = Of(Section(overrides));
    overrides.push_back(changes.at(key).after);
    EXPECT_NE(Of(Section(overrides)), before) << key;
  }
}

}  // namespace
}  // namespace rubato
