// A run keeps its inputs: a hub that is started on it with others is refused, and told which.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "common/fake_clock.h"
#include "credit/hub_run.h"
#include "credit/ledger.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

class TakeRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string directory =
        testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
    ledger_ = Ledger::Open(directory, 1 << 20).value();
    ASSERT_TRUE(TakeRun(TinyInputs(), {}, clock_, ledger_.get()).ok());
  }

  std::string Error(const std::function<void(HubInputs*)>& change) {
    HubInputs inputs = TinyInputs();
    change(&inputs);
    const absl::Status status =
        TakeRun(inputs, {.resume = true, .owner = ""}, clock_, ledger_.get()).status();
    return std::string(status.message());
  }

  FakeClock clock_{absl::FromUnixSeconds(1000)};
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(TakeRunTest, GoesOnWithTheSameInputs) {
  EXPECT_EQ(Error([](HubInputs*) {}), "");
}

TEST_F(TakeRunTest, NamesTheInputThatIsAnother) {
  const std::string other(32, 'x');
  EXPECT_THAT(Error([&](HubInputs* i) { i->model_config_digest = other; }),
              HasSubstr("the model (config.json) is not"));
  EXPECT_THAT(Error([&](HubInputs* i) { i->tokenizer_digest = other; }),
              HasSubstr("the tokenizer (tokenizer.json) is not"));
  EXPECT_THAT(Error([&](HubInputs* i) { i->data_digest = other; }), HasSubstr("the data is not"));
  EXPECT_THAT(Error([](HubInputs* i) { i->intake.end_ids.push_back(7); }),
              HasSubstr("the list of end tokens (eos_token_id) is not"));
  EXPECT_THAT(Error([](HubInputs* i) { i->config.mutable_credit()->set_amp(1.25); }),
              HasSubstr("the configuration is not"));
}

}  // namespace
}  // namespace rubato
