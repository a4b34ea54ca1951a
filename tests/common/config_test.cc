#include "common/config.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/concat.h"
#include "common/file.h"

namespace rubato {
namespace {

constexpr char kSmallest[] = "policy:\n  model: m\ndata:\n  train: t\n";

// The problems of a text, joined.
std::string ProblemsOf(std::string_view yaml) {
  Problems problems;
  ParseRunConfig(yaml, "c.yaml", "/base", &problems);
  return std::string(problems.ToStatus().message());
}

RunConfig Parsed(std::string_view yaml) {
  Problems problems;
  RunConfig config = ParseRunConfig(yaml, "c.yaml", "/base", &problems);
  EXPECT_TRUE(problems.empty()) << problems.ToStatus();
  return config;
}

std::string OverrideProblem(const std::string& assignment) {
  Problems problems;
  RunConfig config;
  ApplyOverride(assignment, &config, &problems);
  EXPECT_EQ(ToYaml(config), "") << "a wrong override sets nothing";
  return std::string(problems.ToStatus().message());
}

TEST(Config, ReadsEveryTypeAndLeavesTheRestAbsent) {
  const RunConfig config = Parsed(R"(
run: {name: "tiny run", seed: 18446744073709551615, deterministic: false}
learner:
  lr: 3e-4   # a comment
batch:
  groups: 16
)");
  EXPECT_EQ(config.run().name(), "tiny run");
  EXPECT_EQ(config.run().seed(), ~uint64_t{0});
  EXPECT_FALSE(config.run().deterministic());
  EXPECT_EQ(config.learner().lr(), 3e-4);
  EXPECT_EQ(config.batch().groups(), 16u);
  EXPECT_FALSE(config.run().has_steps());
  EXPECT_FALSE(config.has_credit());
}

TEST(Config, IsEmptyForAnEmptyFile) {
  for (const char* yaml : {"", "# nothing\n", "run:\n", "---\n"}) EXPECT_EQ(ToYaml(Parsed(yaml)), "") << yaml;
}

TEST(Config, NamesTheLineAndTheNearestKeyOfAnUnknownOne) {
  EXPECT_EQ(ProblemsOf("learner:\n  beta1: 0.9\n  weigth_decay: 0\n"),
            "c.yaml:3: there is no key learner.weigth_decay; did you mean learner.weight_decay?");
  EXPECT_EQ(ProblemsOf("run:\n  lr: 1\n"), "c.yaml:2: there is no key run.lr; did you mean learner.lr?");
  EXPECT_EQ(ProblemsOf("lerner:\n  lr: 1\n"),
            "c.yaml:1: there is no section \"lerner\"; did you mean \"learner\"?");
  EXPECT_EQ(ProblemsOf("lr: 1\n"), "c.yaml:1: there is no section \"lr\"; did you mean the key learner.lr?");
  EXPECT_EQ(ProblemsOf("learner.lr: 1\n"),
            "c.yaml:1: there is no section \"learner.lr\"; write \"lr:\" below \"learner:\"");
}

TEST(Config, NamesBothLinesOfADuplicateKey) {
  EXPECT_EQ(ProblemsOf("learner:\n  lr: 1\n  eps: 0\n  lr: 2\n"),
            "c.yaml:4: learner.lr is given twice; the first is on line 2");
  EXPECT_EQ(ProblemsOf("run:\n  seed: 1\nrun:\n  steps: 2\n"),
            "c.yaml:3: section run is given twice; the first is on line 1");
}

TEST(Config, RefusesAValueOfAnotherType) {
  EXPECT_EQ(ProblemsOf("learner:\n  lr: fast\n"),
            "c.yaml:2: learner.lr is fast; it must be a number, without quotes");
  EXPECT_EQ(ProblemsOf("learner:\n  lr: \"1\"\n"),
            "c.yaml:2: learner.lr is \"1\"; it must be a number, without quotes");
  EXPECT_EQ(ProblemsOf("batch:\n  groups: 1.5\n"),
            "c.yaml:2: batch.groups is 1.5; it must be a whole number that is not negative, in plain digits");
  EXPECT_EQ(ProblemsOf("data:\n  shuffle: yes\n"), "c.yaml:2: data.shuffle is yes; write true or false");
  EXPECT_EQ(ProblemsOf("learner:\n  lr: [1]\n"), "c.yaml:2: learner.lr is a list; it must be a single value");
  EXPECT_EQ(ProblemsOf("learner:\n  lr:\n    x: 1\n"),
            "c.yaml:2: learner.lr is a section; it must be a single value");
  EXPECT_EQ(ProblemsOf("learner: 3\n"), "c.yaml:1: learner is a section; write its keys below it");
  EXPECT_EQ(ProblemsOf("- 1\n"),
            "c.yaml:1: a configuration has sections, such as \"run:\", with keys below them");
}

TEST(Config, RefusesAKeyWithoutAValue) {
  EXPECT_EQ(ProblemsOf("learner:\n  lr:\n"), "c.yaml:2: learner.lr has no value; give one or remove the key");
  EXPECT_EQ(ProblemsOf("data:\n  eval: ''\n"),
            "c.yaml:2: data.eval has no value; give one or remove the key");
  EXPECT_NE(ProblemsOf("data:\n  eval: ~\n"), "");
}

TEST(Config, RefusesAValueOutOfRange) {
  EXPECT_EQ(ProblemsOf("learner:\n  lr: 11\n"), "c.yaml:2: learner.lr is 11; it must be from 0 to 10");
  EXPECT_EQ(ProblemsOf("rollout:\n  max_new_tokens: 0\n"),
            "c.yaml:2: rollout.max_new_tokens is 0; it must be from 1 to 1048576 tokens");
  EXPECT_EQ(ProblemsOf("run:\n  steps: 0\n"), "c.yaml:2: run.steps is 0; it must be at least 1");
  EXPECT_EQ(ProblemsOf("learner:\n  clip_norm: .inf\n").substr(0, 31), "c.yaml:2: learner.clip_norm is ");
  EXPECT_EQ(ProblemsOf("learner:\n  clip_norm: nan\n"),
            "c.yaml:2: learner.clip_norm is nan; it must be a finite number");
  EXPECT_NE(ProblemsOf("learner:\n  micro_batch_tokens: 4294967296\n"), "");
  EXPECT_NE(ProblemsOf("run:\n  seed: 18446744073709551616\n"), "");
  EXPECT_NE(ProblemsOf("run:\n  seed: -1\n"), "");
}

TEST(Config, NamesTheChoicesAndTheNearest) {
  EXPECT_EQ(ProblemsOf("credit:\n  scheme: couple\n"),
            "c.yaml:2: credit.scheme is couple; choose one of uniform, local_chunk, global_anchor, coupled, "
            "random, entropy; "
            "the nearest "
            "is coupled");
}

TEST(Config, ReadsAMappingOrAListAsOneLineWhereAKeyTakesOne) {
  const RunConfig config = Parsed(
      "credit:\n  tau_waad: {quantile: 0.3}\n  tau_delta:\n    value: 2.5\n  exclude_token_ids: [5, 7]\n");
  EXPECT_EQ(config.credit().tau_waad(), "{quantile: 0.3}");
  EXPECT_EQ(config.credit().tau_delta(), "{value: 2.5}");
  EXPECT_EQ(config.credit().exclude_token_ids(), "[5, 7]");
  EXPECT_EQ(ToYaml(Parsed(ToYaml(config))), ToYaml(config));
  EXPECT_EQ(ProblemsOf("credit:\n  scheme: [coupled]\n"),
            "c.yaml:2: credit.scheme is a list; it must be a single value");
}

TEST(Config, ReportsAllProblemsAtOnce) {
  const std::string problems = ProblemsOf("learner:\n  lr: x\n  eps: 5\nrunn:\n  seed: 1\n");
  for (const char* line : {":2:", ":3:", ":4:"})
    EXPECT_NE(problems.find(line), std::string::npos) << problems;
}

TEST(Config, SaysWhereTheYamlIsBroken) {
  EXPECT_EQ(ProblemsOf("run:\n  seed: 1\n bad: [\n").substr(0, 7), "c.yaml:");
  EXPECT_EQ(ProblemsOf("run: {}\n---\nrun: {}\n"), "c.yaml:3: a second document begins here; one is enough");
  EXPECT_NE(ProblemsOf(std::string(100000, '[')), "");
  EXPECT_NE(ProblemsOf("? [a]\n: 1\n"), "");
  EXPECT_NE(ProblemsOf("run: &a {seed: 1}\nbatch: *a\n"), "");
  EXPECT_NE(ProblemsOf("run:\n  name: \"\xff\"\n"), "");
}

TEST(Config, ResolvesPathsAgainstTheFile) {
  const RunConfig config = Parsed("policy: {model: ../m}\ndata: {train: /abs/t, eval: e/./x}\n");
  EXPECT_EQ(config.policy().model(), "/m");
  EXPECT_EQ(config.data().train(), "/abs/t");
  EXPECT_EQ(config.data().eval(), "/base/e/x");
}

TEST(Config, TakesOverrides) {
  Problems problems;
  RunConfig config = Parsed("learner: {lr: 1}\n");
  ApplyOverride("learner.lr=3e-4", &config, &problems);
  ApplyOverride("run.name=a=b", &config, &problems);
  ApplyOverride("data.eval=x", &config, &problems);
  EXPECT_TRUE(problems.empty()) << problems.ToStatus();
  EXPECT_EQ(config.learner().lr(), 3e-4);
  EXPECT_EQ(config.run().name(), "a=b");
  EXPECT_EQ(config.data().eval(), std::filesystem::current_path() / "x");
}

TEST(Config, NamesAnOverrideThatIsWrong) {
  EXPECT_EQ(OverrideProblem("learner.lr"), "override learner.lr: write it as section.key=value");
  EXPECT_EQ(OverrideProblem("learner.rl=1"),
            "override learner.rl=1: there is no key learner.rl; did you mean learner.lr?");
  EXPECT_EQ(OverrideProblem("learner.lr=99"),
            "override learner.lr=99: learner.lr is 99; it must be from 0 to 10");
  EXPECT_EQ(OverrideProblem("learner.lr="),
            "override learner.lr=: learner.lr has no value; give one or remove the key");
}

TEST(Config, LoadsAFileWithOverridesAndAsksForWhatIsRequired) {
  const std::string path = testing::TempDir() + "/load.yaml";
  ASSERT_TRUE(WriteFileAtomically(path, kSmallest).ok());
  Problems problems;
  const RunConfig config = LoadRunConfig(path, {"run.seed=5"}, &problems);
  EXPECT_TRUE(problems.empty()) << problems.ToStatus();
  EXPECT_EQ(config.run().seed(), 5u);
  EXPECT_EQ(config.data().train(), (std::filesystem::path(testing::TempDir()) / "t").lexically_normal());

  ASSERT_TRUE(WriteFileAtomically(path, "data: {train: t}\n").ok());
  LoadRunConfig(path, {}, &problems);
  ASSERT_EQ(problems.list().size(), 1u);
  EXPECT_EQ(problems.list()[0].substr(0, path.size() + 27), path + ": policy.model is missing: ");
}

TEST(Config, NamesAFileThatIsMissing) {
  Problems problems;
  LoadRunConfig("/nonexistent.yaml", {}, &problems);
  EXPECT_EQ(problems.ToStatus().message(), "cannot open /nonexistent.yaml: No such file or directory");
}

TEST(Config, FillsInDefaultsOnce) {
  RunConfig config = Parsed("learner: {lr: 0.5}\n");
  ResolveDefaults(&config);
  EXPECT_EQ(config.learner().lr(), 0.5);
  EXPECT_EQ(config.learner().beta2(), 0.95);
  EXPECT_EQ(config.credit().scheme(), "coupled");
  EXPECT_FALSE(config.credit().has_w());
  EXPECT_FALSE(config.data().has_eval());
  EXPECT_TRUE(config.learner().has_warmup_steps());
  const std::string once = ToYaml(config);
  ResolveDefaults(&config);
  EXPECT_EQ(ToYaml(config), once);
}

TEST(Config, ReadsBackWhatItWrites) {
  RunConfig config = Parsed(kSmallest);
  ResolveDefaults(&config);
  config.mutable_run()->set_name("a: \"b\" \\ # \n\t\x01 é {");
  config.mutable_learner()->set_lr(1.0 / 3);
  const std::string yaml = ToYaml(config);
  EXPECT_EQ(ToYaml(Parsed(yaml)), yaml);
  EXPECT_EQ(Parsed(yaml).run().name(), config.run().name());
  EXPECT_EQ(Parsed(yaml).learner().lr(), 1.0 / 3);
  for (const char* name : {"true", "null", "~", "12", "1e3", "- x", "no", "=", "Inf", " x ", "0x1f"}) {
    config.mutable_run()->set_name(name);
    EXPECT_EQ(Parsed(ToYaml(config)).run().name(), name);
  }
}

TEST(Config, HasADigestOfItsKeysAndValues) {
  const RunConfig config = Parsed("learner: {lr: 1}\nrun: {seed: 2}\n");
  EXPECT_EQ(ConfigDigest(config), ConfigDigest(Parsed("run:\n  seed: 2\nlearner:\n  lr: 1.0\n")));
  EXPECT_NE(ConfigDigest(config), ConfigDigest(Parsed("run:\n  seed: 2\nlearner:\n  lr: 1.5\n")));
  RunConfig same = config;
  same.mutable_eval();
  EXPECT_EQ(ConfigDigest(config), ConfigDigest(same));
  RunConfig zero = config;
  zero.mutable_eval()->set_every(0);
  EXPECT_NE(ConfigDigest(config), ConfigDigest(zero));
}

TEST(Config, ExplainsAKey) {
  EXPECT_EQ(*Explain("rollout.max_new_tokens"),
            "rollout.max_new_tokens\n"
            "  Longest response.\n"
            "  type     whole number\n"
            "  unit     tokens\n"
            "  least    1\n"
            "  most     1048576\n"
            "  default  128\n");
  EXPECT_NE(Explain("credit.scheme")->find("choices  uniform, local_chunk"), std::string::npos);
  EXPECT_NE(Explain("policy.model")->find("must be given"), std::string::npos);
  EXPECT_NE(Explain("credit.w")->find("may be absent"), std::string::npos);
}

TEST(Config, ExplainsASectionAndEverything) {
  EXPECT_EQ(Explain("checkpoint")->substr(0, 17), "checkpoint.every\n");
  EXPECT_NE(Explain("checkpoint")->find("\ncheckpoint.keep\n"), std::string::npos);
  EXPECT_EQ(Explain("checkpoint")->find("learner"), std::string::npos);
  EXPECT_NE(ExplainAll().find("\nledger.segment_bytes\n"), std::string::npos);
}

TEST(Config, NamesTheNearestKeyWhenAskedForAnUnknownOne) {
  EXPECT_EQ(Explain("learner.lrr").status(),
            absl::NotFoundError("there is no key learner.lrr; did you mean learner.lr?"));
  EXPECT_EQ(Explain("batches").status(),
            absl::NotFoundError("there is no section \"batches\"; did you mean \"batch\"?"));
}

TEST(Config, HasHelpForEveryKey) {
  const std::string all = ExplainAll();
  EXPECT_EQ(all.find("\n  \n"), std::string::npos);
}

}  // namespace
}  // namespace rubato
