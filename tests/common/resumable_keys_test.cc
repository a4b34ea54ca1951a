#include "common/resumable_keys.h"

#include <gtest/gtest.h>

#include "common/config.h"

namespace rubato {
namespace {

RunConfig Resolved() {
  RunConfig config;
  ResolveDefaults(&config);
  return config;
}

TEST(ResumableKeys, AreExactlyThoseThatAreTakenOut) {
  for (const std::string& key : ResumableKeys()) {
    Problems problems;
    RunConfig changed = Resolved();
    ApplyOverride(key + "=77", &changed, &problems);
    ASSERT_TRUE(problems.empty()) << problems.list()[0];
    EXPECT_NE(ConfigDigest(changed), ConfigDigest(Resolved())) << key;
    EXPECT_EQ(ConfigDigest(WithoutResumableKeys(changed)), ConfigDigest(WithoutResumableKeys(Resolved())))
        << key;
  }
}

TEST(ResumableKeys, LeaveOtherKeysIn) {
  RunConfig changed = Resolved();
  changed.mutable_learner()->set_lr(0.5);
  EXPECT_NE(ConfigDigest(WithoutResumableKeys(changed)), ConfigDigest(WithoutResumableKeys(Resolved())));
}

}  // namespace
}  // namespace rubato
