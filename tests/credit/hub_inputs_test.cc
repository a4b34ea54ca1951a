#include "credit/hub_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/bytes.h"
#include "common/exit_code.h"
#include "credit/model_limits.h"

namespace rubato {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kConfig[] =
    R"({"num_hidden_layers": 6, "num_attention_heads": 4, "vocab_size": 32, "max_position_embeddings": 12,
        "eos_token_id": [3, 2]})";
constexpr char kTokenizer[] = R"({
  "added_tokens": [], "normalizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
  "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false},
  "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "1": 4, "2": 5, ">": 6}}})";

class Inputs : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        testing::TempDir() + "/inputs_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    Write("config.json", kConfig);
    Write("tokenizer.json", kTokenizer);
    Write("train.jsonl", R"({"prompt": "1>2", "nums": [1, 1], "target": 2})"
                         "\n");
    config_.mutable_policy()->set_model(directory_);
    config_.mutable_data()->set_train(directory_ + "/train.jsonl");
    config_.mutable_rollout()->set_max_new_tokens(8);
    config_.mutable_credit()->set_h_lo(2);
    config_.mutable_credit()->set_h_hi(4);
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  }
  std::string Error() {
    const auto inputs = LoadHubInputs(config_);
    EXPECT_EQ(ExitCodeFor(inputs.status()), ExitCode::kBadData) << inputs.status();
    return std::string(inputs.status().message());
  }

  std::string directory_;
  RunConfig config_;
};

TEST_F(Inputs, TokenizesEachPromptOnce) {
  const auto inputs = LoadHubInputs(config_);
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  ASSERT_EQ(inputs->train.size(), 1u);
  EXPECT_THAT(*UnpackInt32(inputs->train[0].ids), ElementsAre(4, 6, 5));
  EXPECT_THAT(inputs->train[0].row_json, HasSubstr("\"nums\":[1,1]"));
  EXPECT_TRUE(inputs->eval.empty());
  EXPECT_EQ(inputs->plan.rows, 1u);
  EXPECT_EQ(inputs->intake.vocabulary, 32);
  EXPECT_THAT(inputs->capture.layers(), ElementsAre(2, 3, 4));
  EXPECT_EQ(inputs->capture.heads(), 4u);
  EXPECT_EQ(inputs->group_rules.min_ok, 4) << "half of the default group of 8";
}

// Messages as digits and '>', the end token written as '2'.
constexpr char kChatTemplate[] =
    R"({{ bos_token }}{% for m in messages %}{{ '>' ~ m.content }}{% endfor %}{{ '1' if wide else '' }})"
    R"({% if add_generation_prompt %}>{% endif %})";
constexpr char kChatRow[] = R"({"prompt": [{"role": "user", "content": "12"}], "nums": [1, 1], "target": 2)";

TEST_F(Inputs, RenderChatsWithTheTemplateOfTheModel) {
  Write("chat_template.jinja", kChatTemplate);
  Write("train.jsonl",
        std::string(kChatRow) + "}\n" + kChatRow + R"(, "chat_template_kwargs": {"wide": false}})");
  config_.mutable_rollout()->set_max_new_tokens(6);
  config_.mutable_data()->set_chat_template_kwargs(R"({"wide": true})");
  const auto inputs = LoadHubInputs(config_);
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_THAT(*UnpackInt32(inputs->train[0].ids), ElementsAre(6, 4, 5, 4, 6));
  EXPECT_THAT(*UnpackInt32(inputs->train[1].ids), ElementsAre(6, 4, 5, 6))
      << "a row's own variables go first";
}

TEST_F(Inputs, KeepSpecialTokensOfAChatToThoseOfItsTemplate) {
  constexpr char kWithSpecials[] = R"({
    "added_tokens": [{"id": 4, "content": "12", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true}],
    "normalizer": null, "decoder": {"type": "Fuse"},
    "post_processor": {"type": "TemplateProcessing",
                       "single": [{"SpecialToken": {"id": "12", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                       "special_tokens": {"12": {"id": "12", "ids": [4], "tokens": ["12"]}}},
    "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false},
    "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "1": 1, "2": 2, ">": 3}}})";
  Write("tokenizer.json", kWithSpecials);
  Write("tokenizer_config.json", R"({"bos_token": "12"})");
  Write("chat_template.jinja", kChatTemplate);
  Write("train.jsonl", std::string(kChatRow) + "}");
  config_.mutable_rollout()->set_max_new_tokens(6);
  const auto inputs = LoadHubInputs(config_);
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_THAT(*UnpackInt32(inputs->train[0].ids), ElementsAre(4, 3, 1, 2, 3))
      << "one begin token, the template's; the same characters of the user are text";
}

TEST_F(Inputs, AskOnceForAChatTemplateThatIsMissing) {
  Write("train.jsonl", std::string(kChatRow) + "}\n" + kChatRow + "}\n");
  const std::string error = Error();
  EXPECT_THAT(error, HasSubstr("train.jsonl:1: the prompt is a list of messages, but the model directory"));
  EXPECT_EQ(error.find("train.jsonl:2"), std::string::npos);
}

TEST_F(Inputs, NameRowsThatTheTemplateRefuses) {
  Write("chat_template.jinja", "{{ raise_exception('only tools') }}");
  Write("train.jsonl", std::string("\n") + kChatRow + "}\n");
  EXPECT_THAT(Error(), HasSubstr("train.jsonl:2: "));
  EXPECT_THAT(Error(), HasSubstr("chat_template.jinja:1: the template refuses this chat: only tools"));
}

TEST_F(Inputs, NameTheKeyOfVariablesThatAreNoObject) {
  Write("chat_template.jinja", kChatTemplate);
  Write("train.jsonl", std::string(kChatRow) + "}\n");
  config_.mutable_data()->set_chat_template_kwargs("[1]");
  EXPECT_THAT(Error(), HasSubstr("data.chat_template_kwargs: is no JSON object"));
  config_.mutable_data()->set_chat_template_kwargs("{}");
  config_.mutable_data()->set_chat_date("2024-02-30");
  EXPECT_THAT(Error(), HasSubstr("data.chat_date: \"2024-02-30\" is no date"));
}

TEST_F(Inputs, KnowDataByItsContent) {
  const std::string before = LoadHubInputs(config_)->data_digest;
  EXPECT_EQ(LoadHubInputs(config_)->data_digest, before);
  Write("train.jsonl", R"({"prompt": "1>2", "nums": [1, 1], "target": 3})"
                       "\n");
  EXPECT_NE(LoadHubInputs(config_)->data_digest, before);
}

TEST_F(Inputs, NameRowsByFileAndLine) {
  Write("train.jsonl",
        "\n"
        R"({"prompt": "1>2", "nums": [1, 1], "target": 2})"
        "\n"
        R"({"prompt": "1>2", "nums": [1, 1]})"
        "\n");
  EXPECT_THAT(Error(), HasSubstr("train.jsonl:3: "));
  EXPECT_THAT(Error(), HasSubstr("target"));
}

TEST_F(Inputs, NamePromptsThatAreTooLong) {
  Write("train.jsonl", R"({"prompt": "1>2", "nums": [1, 1], "target": 2})"
                       "\n\n"
                       R"({"prompt": "11>22", "nums": [1, 1], "target": 2})"
                       "\n");
  EXPECT_THAT(Error(), HasSubstr("train.jsonl:3: the prompt has 5 tokens; with rollout.max_new_tokens 8"));
}

TEST_F(Inputs, NameWhatIsMissing) {
  config_.mutable_data()->set_eval(directory_ + "/none.jsonl");
  EXPECT_THAT(Error(), HasSubstr("none.jsonl"));
  std::filesystem::remove(directory_ + "/tokenizer.json");
  EXPECT_THAT(Error(), HasSubstr("tokenizer.json"));
  std::filesystem::remove(directory_ + "/config.json");
  EXPECT_THAT(Error(), HasSubstr("config.json"));
}

TEST_F(Inputs, TakeEndTokensFromTheGenerationConfigFirst) {
  EXPECT_THAT(LoadModelLimits(directory_)->end_ids, ElementsAre(3, 2));
  Write("generation_config.json", R"({"eos_token_id": 7})");
  EXPECT_THAT(LoadModelLimits(directory_)->end_ids, ElementsAre(7));
  Write("generation_config.json", R"({})");
  EXPECT_THAT(LoadModelLimits(directory_)->end_ids, ElementsAre(3, 2));
  Write("generation_config.json", R"({"eos_token_id": "x"})");
  EXPECT_THAT(std::string(LoadModelLimits(directory_).status().message()),
              HasSubstr("generation_config.json"));
}

}  // namespace
}  // namespace rubato
