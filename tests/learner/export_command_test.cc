#include "learner/export_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "common/concat.h"
#include "common/exit_code.h"
#include "common/file.h"
#include "common/json.h"
#include "learner/checkpoint.h"
#include "tests/learner/tiny_models.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// What config.json says of TinyConfig().
constexpr char kConfigJson[] =
    R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 19,
  "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4,
  "num_key_value_heads": 2, "head_dim": 16, "hidden_act": "silu", "max_position_embeddings": 256,
  "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "attention_bias": false, "tie_word_embeddings": true,
  "torch_dtype": "bfloat16"})";

struct Ran {
  absl::Status status;
  std::string out, notes;
};

class ExportTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            Concat("export-", testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    options_.run = (root_ / "run").string();
    options_.to = (root_ / "parent/model").string();
    options_.checkpoints = (root_ / "list.jsonl").string();
    fs::create_directories(root_);
    std::ofstream(options_.checkpoints).flush();
    optimizer_.first_moment = RandomSlab(config_, 2);
    optimizer_.second_moment = RandomSlab(config_, 3);
  }

  // Lists it behind those before: write the newest first.
  void WriteStep(uint64_t step) {
    const auto ref = WriteCheckpoint(options_.run, {step, 0, 1}, {files_, layout_, weights_, optimizer_});
    ASSERT_TRUE(ref.ok()) << ref.status();
    std::ofstream(options_.checkpoints, std::ios::app)
        << Json(Json::Object{{"step", ref->step()},
                             {"lineage", ref->lineage()},
                             {"generation", ref->generation()},
                             {"path", ref->path()},
                             {"manifest_digest", absl::BytesToHexString(ref->manifest_digest())}})
               .Dump()
        << "\n";
  }

  Ran Export() {
    std::ostringstream out, notes;
    absl::Status status = RunExport(options_, out, notes);
    return {std::move(status), out.str(), notes.str()};
  }

  // Everything below `directory`, by name.
  static std::vector<std::string> Names(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  const ModelConfig config_ = TinyConfig();
  const SlabLayout layout_{config_};
  const Slab weights_ = RandomSlab(config_, 1);
  const std::map<std::string, std::string> files_ = {
      {"config.json", kConfigJson}, {"tokenizer.json", "{}"}, {"chat_template.jinja", "{{ x }}"}};
  AdamWState optimizer_;
  fs::path root_;
  ExportOptions options_;
};

TEST_F(ExportTest, WritesTheNewestCheckpointInTheTypeThatTheConfigStates) {
  WriteStep(20);
  WriteStep(10);
  const Ran ran = Export();
  ASSERT_EQ(ran.status, absl::OkStatus());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("step 20"), HasSubstr("bf16"), HasSubstr(options_.to)));
  EXPECT_THAT(Names(options_.to),
              ElementsAre("chat_template.jinja", "config.json", "model.safetensors", "tokenizer.json"));
  EXPECT_EQ(ReadFile(options_.to + "/config.json").value(), kConfigJson);
  EXPECT_THAT(ReadFile(options_.to + "/model.safetensors").value(), HasSubstr("\"BF16\""));
  EXPECT_THAT(Names(root_ / "parent"), ElementsAre("model")) << "nothing is left beside it";
}

TEST_F(ExportTest, StatesAnotherTypeInTheConfigToo) {
  WriteStep(1);
  options_.dtype = "f32";
  ASSERT_EQ(Export().status, absl::OkStatus());
  const absl::StatusOr<ModelDirectory> model = ReadModelDirectory(options_.to);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->config.dtype, "float32");
  EXPECT_TRUE(std::ranges::equal(model->weights.floats(), weights_.floats()));
}

TEST_F(ExportTest, WritesTheStepThatIsAskedFor) {
  WriteStep(20);
  WriteStep(10);
  options_.step = 10;
  EXPECT_THAT(Export().out, HasSubstr("step 10"));
}

TEST_F(ExportTest, NamesTheStepsThereAre) {
  WriteStep(20);
  WriteStep(10);
  options_.step = 15;
  const Ran ran = Export();
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
  EXPECT_THAT(std::string(ran.status.message()),
              AllOf(HasSubstr("no checkpoint of step 15"), HasSubstr("steps 20, 10")));
}

TEST_F(ExportTest, SaysThatARunHasNoCheckpointYet) {
  const Ran ran = Export();
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
  EXPECT_THAT(std::string(ran.status.message()), HasSubstr("has no checkpoint yet"));
}

TEST_F(ExportTest, TakesTheNextOneWhenTheNewestIsDamagedAndSaysSo) {
  WriteStep(20);
  WriteStep(10);
  fs::remove(root_ / "run/checkpoints/step-20.gen-1/model/tokenizer.json");
  const Ran ran = Export();
  ASSERT_EQ(ran.status, absl::OkStatus());
  EXPECT_THAT(ran.out, HasSubstr("step 10"));
  EXPECT_THAT(ran.notes, HasSubstr("step-20.gen-1: model/tokenizer.json is missing"));
}

TEST_F(ExportTest, LeavesNothingWhenNoneVerifies) {
  WriteStep(20);
  fs::remove(root_ / "run/checkpoints/step-20.gen-1/manifest.json");
  const Ran ran = Export();
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kBadData);
  EXPECT_FALSE(fs::exists(options_.to));
}

TEST_F(ExportTest, TakesAnEmptyTargetAndRefusesAFullOne) {
  WriteStep(1);
  fs::create_directories(options_.to);
  options_.to += "/";
  ASSERT_EQ(Export().status, absl::OkStatus());
  const Ran again = Export();
  EXPECT_EQ(ExitCodeFor(again.status), ExitCode::kUsage);
  EXPECT_THAT(std::string(again.status.message()), HasSubstr("is not empty"));
}

TEST_F(ExportTest, EndsWith74WhereNothingCanBeWritten) {
  WriteStep(1);
  options_.to = "/proc/model";
  const Ran ran = Export();
  EXPECT_EQ(ExitCodeFor(ran.status), ExitCode::kIo) << ran.status;
}

TEST(ExportArguments, EndWith64WhereTheyAreWrong) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"--run", "r"},
                                                    {"--to", "t"},
                                                    {"--run", "r", "--to", "t", "--stpe", "1"},
                                                    {"--run", "r", "--to", "t", "--step", "-1"},
                                                    {"--run", "r", "--to", "t", "--dtype", "int8"}}) {
    EXPECT_EQ(ExitCodeFor(ParseExportArguments(arguments).status()), ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace rubato
