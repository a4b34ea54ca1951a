// What the ledger of a finished run holds is what the method says: statistics and log-probs are those of a
// dense pass in double over the model that sampled, token weights and advantages follow from what is stored,
// and the learner found the same log-probs as the engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "common/concat.h"
#include "credit/advantages.h"
#include "credit/explain_token.h"
#include "credit/hub_inputs.h"
#include "credit/ledger.h"
#include "credit/step_batch.h"
#include "credit/token_weights.h"
#include "credit/verify_credit.h"
#include "proto/config.pb.h"
#include "proto/ledger.pb.h"
#include "proto/sample.pb.h"
#include "tests/integration/dense_model.h"
#include "tests/integration/harness.h"

namespace rubato {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr uint64_t kSteps = 3;
constexpr int kTokens = 26;                      // of the example's tokenizer; its model has a table of 32
constexpr int kHeads = 4;                        // per layer of the example's model
constexpr int kSampledLayers[] = {2, 3, 4};      // C1 for its 6 layers
constexpr size_t kSetSize = 3;                   // C3: floor(0.3 * 12)
constexpr int kWindow = 10, kLo = 10, kHi = 40;  // responses are longer than kHi, so both ends of C6 bind
constexpr double kTolerance = 5e-5;              // * (1 + abs(ref))

std::vector<float> Floats(const std::string& bytes) { return UnpackFloat(bytes).value(); }

// One run for all tests, ended, and its ledger.
struct Finished {
  std::unique_ptr<LiveRun> run;
  std::unique_ptr<Ledger> ledger;
  HubInputs inputs;
  std::optional<ModelDirectory> model;

  static const Finished& Get() {
    static const Finished* const finished = new Finished(Make());
    return *finished;
  }

  Sample Read(const SampleRow& row) const {
    Sample sample;
    EXPECT_TRUE(row.payload.has_value());
    EXPECT_TRUE(sample.ParseFromString(ledger->ReadPayload(*row.payload).value()));
    return sample;
  }

 private:
  static Finished Make() {
    Finished finished;
    finished.run = LiveRun::Start({.overrides = {Concat("run.steps=", kSteps), "rollout.max_new_tokens=120",
                                                 Concat("credit.h_hi=", kHi)}})
                       .value();
    EXPECT_EQ(finished.run->WaitForExit(absl::Seconds(180)).value(), 0) << finished.run->Describe();
    finished.ledger = Ledger::OpenReadOnly(finished.run->run_directory()).value();
    RunConfig config;
    EXPECT_TRUE(config.ParseFromString(finished.ledger->Fact("config").value()));
    finished.inputs = LoadHubInputs(config).value();
    finished.model = ReadModelDirectory(config.policy().model()).value();
    return finished;
  }
};

// C3, from the stored distances: the heads of one end of the order by (d, layer, head).
struct Sets {
  std::set<int> local, global;
};

Sets RankByStoredDistance(const std::vector<float>& d) {
  std::vector<int> order(d.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return d[a] < d[b]; });
  return {{order.begin(), order.begin() + kSetSize}, {order.end() - kSetSize, order.end()}};
}

void ExpectClose(const std::vector<float>& stored, const dense::Series& reference, const std::string& what) {
  ASSERT_EQ(stored.size(), reference.size()) << what;
  for (size_t t = 0; t < stored.size(); ++t) {
    ASSERT_EQ(std::isnan(stored[t]), !reference[t].has_value()) << what << " at " << t;
    if (!reference[t]) continue;
    EXPECT_NEAR(stored[t], *reference[t], kTolerance * (1 + std::abs(*reference[t]))) << what << " at " << t;
  }
}

dense::Map SetMean(const std::vector<dense::Map>& sampled, const std::set<int>& heads) {
  std::vector<dense::Map> chosen;
  for (const int head : heads) chosen.push_back(sampled[head]);
  return dense::MeanOf(chosen);
}

// C1-C6 of the maps against what is stored.
void ExpectStatisticsOf(const std::vector<dense::Map>& sampled, int prompt, const AttentionStats& stats) {
  const std::vector<float> d = Floats(stats.d());
  dense::Series distances;
  for (const dense::Map& map : sampled) distances.push_back(dense::HeadDistance(map, prompt));
  ExpectClose(d, distances, "d");
  const Sets sets = RankByStoredDistance(d);
  EXPECT_EQ(std::set<int>(stats.sets().local().begin(), stats.sets().local().end()), sets.local);
  EXPECT_EQ(std::set<int>(stats.sets().global().begin(), stats.sets().global().end()), sets.global);
  ExpectClose(Floats(stats.waad()), dense::Waad(SetMean(sampled, sets.local), prompt, kWindow), "WAAD");
  ExpectClose(Floats(stats.fai()), dense::Fai(SetMean(sampled, sets.global), prompt, kLo, kHi), "FAI");
}

// What is sampled from: without the rows of the table that no token has.
std::vector<double> OverUsedIds(const std::vector<double>& logprobs) {
  double used = 0;
  for (int id = 0; id < kTokens; ++id) used += std::exp(logprobs[id]);
  std::vector<double> result;
  for (int id = 0; id < kTokens; ++id) result.push_back(logprobs[id] - std::log(used));
  return result;
}

void ExpectLogprobsOf(const dense::Pass& pass, const std::vector<int32_t>& ids, size_t prompt,
                      const Segment& response) {
  const std::vector<float> logprobs = Floats(response.logprobs()), entropies = Floats(response.entropies());
  ASSERT_EQ(logprobs.size(), ids.size() - prompt);
  ASSERT_EQ(entropies.size(), ids.size() - prompt);
  for (size_t i = 0; i < logprobs.size(); ++i) {
    const std::vector<double> reference = OverUsedIds(pass.logprobs[prompt + i - 1]);
    ASSERT_LT(ids[prompt + i], kTokens);
    EXPECT_NEAR(logprobs[i], reference[ids[prompt + i]], 1e-4) << "log-prob at " << i;
    double entropy = 0;
    for (const double value : reference) entropy -= std::exp(value) * value;
    EXPECT_NEAR(entropies[i], entropy, 1e-4) << "entropy at " << i;
  }
}

// Of a sample of version 0: the base model made it.  Gives the length of its response.
int ExpectWhatTheBaseModelGives(const Sample& sample) {
  const ModelDirectory& model = *Finished::Get().model;
  EXPECT_EQ(sample.version_spans_size(), 1);
  EXPECT_EQ(sample.version_spans(0).version().step(), 0u);
  std::vector<int32_t> ids = UnpackInt32(sample.segments(0).token_ids()).value();
  const size_t prompt = ids.size();
  const std::vector<int32_t> response = UnpackInt32(sample.segments(1).token_ids()).value();
  ids.insert(ids.end(), response.begin(), response.end());

  const dense::Pass pass = dense::Forward(model, ids, sample.sampling().temperature());
  std::vector<dense::Map> sampled;
  for (const int layer : kSampledLayers) {
    sampled.insert(sampled.end(), pass.attention[layer].begin(), pass.attention[layer].end());
  }
  EXPECT_EQ(sampled.size(), std::size(kSampledLayers) * kHeads);
  EXPECT_EQ(sample.stats().response_tokens(), response.size());
  EXPECT_EQ(sample.stats().measured_rows(), response.size());
  ExpectStatisticsOf(sampled, static_cast<int>(prompt), sample.stats());
  ExpectLogprobsOf(pass, ids, prompt, sample.segments(1));
  return static_cast<int>(response.size());
}

void ExpectWhatTheBaseModelGives(const std::vector<UnitKey>& units) {
  const Finished& finished = Finished::Get();
  int samples = 0, longest = 0;
  for (const UnitKey& unit : units) {
    for (const SampleRow& row : finished.ledger->SamplesOf(unit)) {
      SCOPED_TRACE(Concat("unit ", unit.ordinal, ", sample ", row.index));
      longest = std::max(longest, ExpectWhatTheBaseModelGives(finished.Read(row)));
      ++samples;
    }
  }
  EXPECT_GE(samples, 4);
  EXPECT_GT(longest, kLo + kHi) << "no response is long enough for the whole of C6";
}

TEST(TheLedger, HoldsForTheFirstEvaluationWhatADensePassOverTheBaseModelGives) {
  std::vector<UnitKey> units;
  for (uint64_t row = 0; row < 4; ++row) units.push_back(UnitKey::EvalRow(0, row));
  ExpectWhatTheBaseModelGives(units);
}

TEST(TheLedger, HoldsForTheFirstTrainingStepWhatADensePassOverTheBaseModelGives) {
  ExpectWhatTheBaseModelGives({UnitKey::Group(0), UnitKey::Group(1)});
}

// One sample of a batch, against the sample that the ledger holds under its key and the advantage of its
// reward.  Gives how many of its weights are not 1.
int64_t ExpectCreditOf(const BatchSample& trained, const Sample& sample, double advantage) {
  const CreditSettings& settings = Finished::Get().inputs.credit;
  EXPECT_EQ(NameOf(trained.key()), NameOf(sample.key().sample()));
  EXPECT_EQ(trained.segments_size(), 2);
  EXPECT_EQ(trained.segments(0).token_ids(), sample.segments(0).token_ids());
  EXPECT_EQ(trained.segments(1).kind(), Segment::POLICY);
  EXPECT_EQ(trained.segments(1).token_ids(), sample.segments(1).token_ids());
  EXPECT_EQ(trained.segments(1).logprobs(), sample.segments(1).logprobs());

  const ResponseView view = MakeResponseView(Floats(sample.stats().waad()), Floats(sample.stats().fai()));
  const std::vector<double> gamma = WeighTokens(settings, view, advantage).gamma;
  EXPECT_EQ(gamma.size(), sample.segments(1).token_ids().size() / sizeof(int32_t));
  EXPECT_EQ(PackDouble(gamma), trained.token_weights());
  EXPECT_EQ(PackDouble({&advantage, 1}), PackDouble(std::vector{trained.advantage()}));
  return std::count_if(gamma.begin(), gamma.end(), [](double g) { return g != 1; });
}

// The samples of one group that were trained, from their own rows.
std::vector<Sample> TrainedOf(uint64_t group) {
  std::vector<Sample> samples;
  for (const SampleRow& row : Finished::Get().ledger->SamplesOf(UnitKey::Group(group))) {
    if (row.state != SampleState::kTrained) continue;
    samples.push_back(Finished::Get().Read(row));
    EXPECT_EQ(row.reward, samples.back().verdict().reward());
  }
  return samples;
}

TEST(EveryBatch, HoldsTheWeightsAndAdvantagesThatFollowFromTheStoredStatisticsAndRewards) {
  const Finished& finished = Finished::Get();
  ASSERT_EQ(finished.inputs.credit.scheme, Scheme::kCoupled);
  ASSERT_EQ(finished.inputs.credit.h_hi, kHi);
  int64_t amplified = 0, unequal = 0;
  for (uint64_t step = 0; step < kSteps; ++step) {
    const StepBatch batch = ComposeBatch(finished.inputs.plan, *finished.ledger, step).value();
    const StepRow row = finished.ledger->FindStep(0, step).value();
    ASSERT_TRUE(row.committed);
    // What is composed here again is what the ranks were given and committed.
    ASSERT_EQ(batch.digest, row.batch_digest);
    size_t next = 0;
    for (uint64_t group = step * 4; group < (step + 1) * 4; ++group) {
      const std::vector<Sample> samples = TrainedOf(group);
      std::vector<double> rewards;
      for (const Sample& sample : samples) rewards.push_back(sample.verdict().reward());
      const GroupAdvantages advantages = GrpoAdvantages(rewards);
      unequal += !advantages.zero_variance;
      for (size_t i = 0; i < samples.size(); ++i) {
        SCOPED_TRACE(Concat("step ", step, ", sample ", NameOf(samples[i].key().sample())));
        ASSERT_LT(next, batch.samples.size());
        amplified += ExpectCreditOf(batch.samples[next++], samples[i], advantages.values[i]);
      }
    }
    EXPECT_EQ(next, batch.samples.size());
    EXPECT_EQ(next, 16u);
  }
  EXPECT_GT(amplified, 0);
  EXPECT_GT(unequal, 0) << "no group had rewards that differ: advantages of 0 prove nothing";
}

TEST(VerifyCredit, FindsEveryWeightOfARunAsItWasStored) {
  const CreditVerdict verdict = VerifyCredit(Finished::Get().run->run_directory()).value();
  EXPECT_EQ(verdict.groups, kSteps * 4);
  EXPECT_EQ(verdict.samples, kSteps * 16);
  EXPECT_THAT(verdict.differences, IsEmpty());
  EXPECT_THAT(verdict.uncovered, IsEmpty());
}

// A copy of the run whose ledger a test may change.
class ChangedRun {
 public:
  explicit ChangedRun(const std::string& name) : directory_(Concat(testing::TempDir(), "/", name)) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    std::filesystem::copy(Finished::Get().run->run_directory() + "/ledger", directory_ + "/ledger",
                          std::filesystem::copy_options::recursive);
  }
  const std::string& directory() const { return directory_; }

  // Stores what `change` makes of the credit of group 1.
  void ChangeCredit(const std::function<void(GroupCredit*)>& change) {
    const std::unique_ptr<Ledger> ledger = Ledger::Open(directory_, 1 << 20).value();
    UnitRow unit = ledger->FindUnit(UnitKey::Group(1)).value();
    GroupCredit credit;
    ASSERT_TRUE(credit.ParseFromString(ledger->ReadPayload(*unit.credit).value()));
    change(&credit);
    unit.credit = ledger->AppendPayload(credit.SerializeAsString());
    ledger->Put(unit);
    ASSERT_TRUE(ledger->Commit().ok());
  }

 private:
  std::string directory_;
};

TEST(VerifyCredit, NamesAWeightThatIsOneBitOff) {
  ChangedRun run("one_bit");
  run.ChangeCredit([](GroupCredit* credit) {
    std::string* weights = credit->mutable_samples(2)->mutable_token_weights();
    (*weights)[3 * sizeof(double)] ^= 1;  // the last bit of token 3's
  });
  EXPECT_THAT(VerifyCredit(run.directory()).value().differences,
              ElementsAre(StartsWith("group 1: sample 2, token 3: gamma is stored as ")));
}

TEST(VerifyCredit, NamesAnAdvantageThatIsNotThatOfItsReward) {
  ChangedRun run("advantage");
  run.ChangeCredit([](GroupCredit* credit) { credit->mutable_samples(1)->set_advantage(3); });
  EXPECT_THAT(VerifyCredit(run.directory()).value().differences,
              ElementsAre(StartsWith("group 1: sample 1: advantage is stored as 3, ")));
}

TEST(ExplainToken, ShowsTheStoredWeightOfATokenAndWhy) {
  const std::string run = Finished::Get().run->run_directory();
  std::ostringstream all, one;
  ASSERT_TRUE(ExplainToken({run, "1/2", std::nullopt}, all).ok());
  ASSERT_TRUE(ExplainToken({run, "1/2", 0}, one).ok());
  EXPECT_THAT(all.str(), AllOf(HasSubstr("scheme coupled"), HasSubstr("local heads"), HasSubstr("gamma")));
  EXPECT_THAT(one.str(), AllOf(HasSubstr("token 0 of"), HasSubstr("tau_delta"), HasSubstr("gamma * A")));
}

TEST(ExplainToken, SaysWhatThereIsInstead) {
  const std::string run = Finished::Get().run->run_directory();
  const auto message = [&](const std::string& sample, std::optional<int> token) {
    std::ostringstream out;
    return std::string(ExplainToken({run, sample, token}, out).message());
  };
  EXPECT_THAT(message("x", std::nullopt), HasSubstr("needs GROUP/INDEX"));
  EXPECT_THAT(message("999/0", std::nullopt), HasSubstr("its last group is 11"));
  EXPECT_THAT(message("0/0", 5000), HasSubstr("the response has tokens 0 to "));
}

TEST(TheLearner, FindsTheLogprobsOfTheEngineWithoutAnyDifferenceInEveryStep) {
  std::set<uint64_t> steps;
  for (const Json& line : Finished::Get().run->Metrics()) {
    const absl::StatusOr<double> gap = line.GetDouble("sync/logprob_gap_max");
    if (!gap.ok()) continue;  // an evaluation's line
    const uint64_t step = line.GetUint("step").value();
    EXPECT_EQ(*gap, 0) << "step " << step;
    EXPECT_GT(line.GetUint("sync/logprob_gap_tokens").value(), 0u) << "step " << step;
    steps.insert(step);
  }
  EXPECT_EQ(steps, (std::set<uint64_t>{0, 1, 2}));
}

}  // namespace
}  // namespace rubato
