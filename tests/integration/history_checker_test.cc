#include "tests/integration/history_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rubato {
namespace {

using ::testing::HasSubstr;

// One step of two groups of two samples: the second group is dropped, an evaluation comes first.
const std::vector<std::string>& GoodLines() {
  static const auto* lines = new std::vector<std::string>{
      R"({"event":"hub","incarnation":1,"run_epoch":1})",
      R"({"event":"generation","generation":1,"world":1})",
      R"({"event":"version","step":0,"lineage":0,"digest":"v0"})",
      R"({"event":"eval_begun","step":0,"lineage":0,"rows":1})",
      R"({"event":"issued","unit":"eval 0/0","samples":[0]})",
      R"({"event":"leased","unit":"eval 0/0","samples":[0],"lease":1})",
      R"({"event":"sealed","sample":"eval 0/0/0","lease":1})",
      R"({"event":"lease_ended","lease":1,"why":"done"})",
      R"({"event":"eval","step":0,"lineage":0,"mean":1})",
      R"({"event":"issued","unit":"0/0","samples":[0,1]})",
      R"({"event":"leased","unit":"0/0","samples":[0,1],"lease":2})",
      R"({"event":"issued","unit":"0/1","samples":[0,1]})",
      R"({"event":"leased","unit":"0/1","samples":[0,1],"lease":3})",
      R"({"event":"sealed","sample":"0/0/0","lease":2})",
      R"({"event":"lease_ended","lease":2,"why":"expired"})",
      R"({"event":"hub","incarnation":2,"run_epoch":1})",
      R"({"event":"leased","unit":"0/0","samples":[1],"lease":4})",
      R"({"event":"sealed","sample":"0/0/1","lease":4})",
      R"({"event":"lease_ended","lease":4,"why":"done"})",
      R"({"event":"group","unit":"0/0","fate":"complete"})",
      R"({"event":"sealed","sample":"0/1/0","lease":3})",
      R"({"event":"dropped","sample":"0/1/1","reason":"refused_content"})",
      R"({"event":"lease_ended","lease":3,"why":"done"})",
      R"({"event":"dropped","sample":"0/1/0","reason":"too_few_ok"})",
      R"({"event":"group","unit":"0/1","fate":"too_few_ok"})",
      R"({"event":"batch","step":0,"lineage":0,"digest":"b0","members":{"0/0":[0,1]}})",
      R"({"event":"committed","step":0,"lineage":0,"generation":1,"batch":"b0","weights":"v1"})",
      R"({"event":"checkpoint","step":1,"lineage":0,"generation":1})",
  };
  return *lines;
}

std::vector<Json> Events(const std::vector<std::string>& lines) {
  std::vector<Json> events;
  for (const std::string& line : lines) {
    events.push_back(*Json::Parse(line));
    events.back().Set("seq", events.size());
  }
  return events;
}

std::string Check(const std::vector<std::string>& lines) { return CheckHistory(Events(lines)); }

// The good history with one line replaced; an empty line is left out.
std::string CheckWith(const std::string& old, const std::string& replacement) {
  std::vector<std::string> lines = GoodLines();
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(old) != std::string::npos;
  });
  EXPECT_NE(found, lines.end()) << old;
  if (replacement.empty()) {
    lines.erase(found);
  } else {
    *found = replacement;
  }
  return Check(lines);
}

std::string CheckAlso(const std::string& line) {
  std::vector<std::string> lines = GoodLines();
  lines.push_back(line);
  return Check(lines);
}

TEST(HistoryChecker, FindsNothingWrongWithAGoodHistory) {
  HistoryEnd end;
  EXPECT_EQ(CheckHistory(Events(GoodLines()), &end), "");
  EXPECT_EQ(end.trained, (std::set<std::string>{"0/0/0", "0/0/1"}));
  EXPECT_EQ(end.dropped.size(), 2u);
  EXPECT_EQ(end.Pending().size(), 0u);
  EXPECT_EQ(end.issued.size(), 4u) << "evaluations do not count";
  EXPECT_EQ(end.next_step, 1u);
}

TEST(HistoryChecker, FindsAGapInTheNumbers) {
  std::vector<Json> events = Events(GoodLines());
  events.erase(events.begin() + 4);
  EXPECT_THAT(CheckHistory(events), HasSubstr("event 5 is missing"));
}

TEST(HistoryChecker, FindsASampleSealedTwice) {
  EXPECT_THAT(CheckAlso(R"({"event":"sealed","sample":"0/0/1"})"), HasSubstr("0/0/1 is sealed twice"));
}

TEST(HistoryChecker, FindsASampleLeasedTwice) {
  EXPECT_THAT(CheckWith(R"("why":"expired")", ""), HasSubstr("0/0/1 is leased twice"));
}

TEST(HistoryChecker, FindsASampleIssuedTwiceOrNever) {
  EXPECT_THAT(CheckAlso(R"({"event":"issued","unit":"0/0","samples":[1]})"),
              HasSubstr("0/0/1 is issued twice"));
  EXPECT_THAT(CheckWith(R"("issued","unit":"0/1")", ""), HasSubstr("0/1/0 is leased but was not issued"));
}

TEST(HistoryChecker, FindsATrainedSampleThatIsDropped) {
  EXPECT_THAT(CheckAlso(R"({"event":"dropped","sample":"0/0/0","reason":"x"})"),
              HasSubstr("but was trained"));
}

TEST(HistoryChecker, FindsAGroupThatIsNotWhole) {
  EXPECT_THAT(CheckWith(R"("sealed","sample":"0/0/1")", ""), HasSubstr("0/0/1 is not terminal"));
}

TEST(HistoryChecker, FindsABatchWithWhatDoesNotBelong) {
  EXPECT_THAT(CheckWith(R"("event":"batch")",
                        R"({"event":"batch","step":0,"lineage":0,"digest":"b0","members":{"0/1":[0]}})"),
              HasSubstr("group 0/1 is not complete"));
}

TEST(HistoryChecker, FindsASampleInTwoSteps) {
  std::vector<std::string> lines = GoodLines();
  lines.push_back(R"({"event":"batch","step":1,"lineage":0,"digest":"b1","members":{"0/0":[0]}})");
  lines.push_back(R"({"event":"committed","step":1,"lineage":0,"generation":1,"batch":"b1","weights":"v2"})");
  EXPECT_THAT(Check(lines), HasSubstr("0/0/0 is in two batches"));
  EXPECT_THAT(Check(lines), HasSubstr("0/0/0 is trained in steps 0 and 1"));
}

TEST(HistoryChecker, FindsACommitThatIsTwiceSkipsOrIsForged) {
  const std::string again =
      R"({"event":"committed","step":0,"lineage":0,"generation":1,"batch":"b0","weights":"v1"})";
  EXPECT_THAT(CheckAlso(again), HasSubstr("committed twice"));
  EXPECT_THAT(
      CheckWith("committed", R"({"event":"committed","step":0,"lineage":0,"generation":2,"batch":"b0"})"),
      HasSubstr("another learner generation"));
  EXPECT_THAT(
      CheckWith("committed", R"({"event":"committed","step":0,"lineage":0,"generation":1,"batch":"b9"})"),
      HasSubstr("another batch"));
  EXPECT_THAT(
      CheckWith("committed", R"({"event":"committed","step":1,"lineage":0,"generation":1,"batch":"b0"})"),
      HasSubstr("step 0 is next"));
}

TEST(HistoryChecker, LetsALineageCommitTheSameStepAgain) {
  std::vector<std::string> lines = GoodLines();
  lines.push_back(R"({"event":"lineage","lineage":1,"from":0,"step":0})");
  lines.push_back(R"({"event":"committed","step":0,"lineage":1,"generation":1,"batch":"b0","weights":"w1"})");
  EXPECT_EQ(Check(lines), "");
}

TEST(HistoryChecker, FindsLivesThatAreUsedTwice) {
  EXPECT_THAT(CheckAlso(R"({"event":"hub","incarnation":2,"run_epoch":1})"), HasSubstr("incarnation"));
  EXPECT_THAT(CheckAlso(R"({"event":"hub","incarnation":3,"run_epoch":0})"), HasSubstr("epoch went back"));
  EXPECT_THAT(CheckAlso(R"({"event":"generation","generation":1})"), HasSubstr("generation"));
}

TEST(HistoryChecker, FindsASecondEvaluationOfAVersion) {
  EXPECT_THAT(CheckAlso(R"({"event":"eval_begun","step":0})"), HasSubstr("evaluated twice"));
}

TEST(HistoryChecker, FindsAnAcknowledgedSampleThatIsLost) {
  HistoryEnd end;
  CheckHistory(Events(GoodLines()), &end);
  EXPECT_EQ(CheckAcknowledged(end, {"0/0/0", "0/1/0"}), "");
  EXPECT_THAT(CheckAcknowledged(end, {"0/7/0"}),
              HasSubstr("0/7/0 was acknowledged but is not in the history"));
}

TEST(HistoryChecker, DoesNotPassAnEmptyHistory) { EXPECT_NE(CheckHistory({}), ""); }

}  // namespace
}  // namespace rubato
