// What we write against what `transformers` wrote: every checkpoint of checkpoints.py, read and written
// again. That `transformers` opens it is shown by roundtrip.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "policy/model_directory.h"
#include "policy/safetensors.h"

namespace rubato {
namespace {

namespace fs = std::filesystem;

constexpr char kGoldens[] = "tests/oracle/goldens/checkpoints";
constexpr char kIndex[] = "/model.safetensors.index.json";

std::vector<std::string> Checkpoints() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kGoldens)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// Every tensor of a directory with its type and shape, from the files themselves.
std::map<std::string, std::string> Tensors(const std::string& directory) {
  std::map<std::string, std::string> tensors;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".safetensors") continue;
    const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(entry.path());
    EXPECT_TRUE(file.ok()) << file.status();
    for (const SafetensorsTensor& tensor : file->tensors()) {
      std::string& text = tensors[tensor.name];
      EXPECT_EQ(text, "") << tensor.name << " is there twice";
      text = NameOf(tensor.type);
      for (const auto size : tensor.shape) text += Concat(" ", size);
    }
  }
  return tensors;
}

// A .safetensors file is the length of its header in 8 bytes, the header, and the data.
constexpr size_t kLengthBytes = 8;

size_t HeaderEnd(const std::string& file) {
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  return kLengthBytes + length;
}

Json Header(const std::string& file) {
  return *Json::Parse(file.substr(kLengthBytes, HeaderEnd(file) - kLengthBytes));
}

class WrittenTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const absl::StatusOr<ModelDirectory> read = ReadModelDirectory(theirs_);
    ASSERT_TRUE(read.ok()) << read.status();
    const std::map<std::string, SafetensorsType> types = {{"float32", SafetensorsType::kF32},
                                                          {"bfloat16", SafetensorsType::kBf16},
                                                          {"float16", SafetensorsType::kF16}};
    // Small shards where they have shards.
    const int64_t most_bytes = fs::exists(theirs_ + kIndex) ? 20000 : 5'000'000'000;
    ASSERT_TRUE(WriteModelDirectory(ours_, read->files, read->layout, read->weights,
                                    types.at(read->config.dtype), most_bytes)
                    .ok());
  }
  void TearDown() override { fs::remove_all(ours_); }

  const std::string theirs_ = std::string(kGoldens) + "/" + GetParam();
  const std::string ours_ = testing::TempDir() + "/written-" + GetParam();
};

TEST_P(WrittenTest, SmallFilesAreTheSameByteForByte) {
  for (const auto& entry : fs::directory_iterator(theirs_)) {
    const std::string name = entry.path().filename();
    if (name == "golden.json" || name.rfind("model", 0) == 0) continue;
    const absl::StatusOr<std::string> ours = ReadFile(ours_ + "/" + name);
    ASSERT_TRUE(ours.ok()) << ours.status();
    EXPECT_TRUE(*ours == *ReadFile(entry.path())) << name;
  }
}

// The keys of each tensor in the header are in another order, all else is the same.
TEST_P(WrittenTest, ASingleWeightFileHoldsTheSameHeaderAndTheSameBytes) {
  if (fs::exists(theirs_ + kIndex)) return;
  const std::string ours = *ReadFile(ours_ + "/model.safetensors");
  const std::string theirs = *ReadFile(theirs_ + "/model.safetensors");
  ASSERT_EQ(ours.size(), theirs.size());
  EXPECT_EQ(ours.substr(0, kLengthBytes), theirs.substr(0, kLengthBytes));
  EXPECT_EQ(Header(ours).Dump(), Header(theirs).Dump());
  EXPECT_TRUE(ours.substr(HeaderEnd(ours)) == theirs.substr(HeaderEnd(theirs)));
}

TEST_P(WrittenTest, TensorsHaveTheSameNamesTypesAndShapes) { EXPECT_EQ(Tensors(ours_), Tensors(theirs_)); }

// Shards follow the order of tensors, theirs that of the model and ours that of names; the rest agrees.
TEST_P(WrittenTest, TheIndexNamesTheSameTensorsAndTheFileOfEach) {
  if (!fs::exists(theirs_ + kIndex)) {
    EXPECT_FALSE(fs::exists(ours_ + kIndex));
    return;
  }
  const Json theirs = *Json::Parse(*ReadFile(theirs_ + kIndex));
  const Json ours = *Json::Parse(*ReadFile(ours_ + kIndex));
  EXPECT_EQ(ours.Find("metadata")->Dump(), theirs.Find("metadata")->Dump());
  ASSERT_EQ(ours.Find("weight_map")->object().size(), theirs.Find("weight_map")->object().size());
  std::set<std::string> files;
  for (const auto& [tensor, file] : ours.Find("weight_map")->object()) {
    EXPECT_NE(theirs.Find("weight_map")->Find(tensor), nullptr) << tensor;
    const std::string name = *file.AsString();
    files.insert(name);
    EXPECT_NE(SafetensorsFile::Open(ours_ + "/" + name)->Find(tensor), nullptr) << tensor << " " << name;
  }
  EXPECT_GT(files.size(), 1u);
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Goldens, WrittenTest, testing::ValuesIn(Checkpoints()), TestName);

}  // namespace
}  // namespace rubato
