#include "policy/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "common/bytes.h"
#include "tests/fuzz/hostile_safetensors.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

std::string WriteTemporary(const std::string& bytes) {
  const std::string path = testing::TempDir() + "/" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".safetensors";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string ErrorOf(const std::string& bytes) {
  const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(WriteTemporary(bytes));
  if (file.ok()) return "opened";
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(file.status().message());
}

std::vector<float> ReadHalves(const std::string& dtype, const std::vector<uint16_t>& bits) {
  const std::string count = std::to_string(bits.size());
  const std::string bytes = std::to_string(2 * bits.size());
  std::string file = SafetensorsBytes(
      R"({"a":{"dtype":")" + dtype + R"(","shape":[)" + count + R"(],"data_offsets":[0,)" + bytes + "]}}", 0);
  for (const uint16_t half : bits) AppendNumber(half, &file);
  const absl::StatusOr<SafetensorsFile> opened = SafetensorsFile::Open(WriteTemporary(file));
  std::vector<float> values(bits.size());
  ReadFloats(*opened->Find("a"), values);
  return values;
}

TEST(Safetensors, ReadsTensorsInTheOrderOfTheirData) {
  const std::string header =
      R"({"a":{"dtype":"F32","shape":[],"data_offsets":[12,16]},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
      R"("__metadata__":{"format":"pt"}}   )";
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open(WriteTemporary(SafetensorsBytes(header, 16)));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->tensors()[0].name, "b");
  EXPECT_EQ(file->tensors()[0].elements, 6);
  EXPECT_EQ(file->Find("a")->elements, 1);
  EXPECT_EQ(file->Find("c"), nullptr);
}

TEST(Safetensors, ReadsAnEmptyTensor) {
  EXPECT_EQ(ErrorOf(SafetensorsBytes(R"({"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}})", 0)),
            "opened");
}

TEST(Safetensors, TellsAllThatIsWrongWithItsTensorsAtOnce) {
  const std::string header =
      R"({"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[3],"data_offsets":[8,16]},)"
      R"("c":{"dtype":"F32","shape":[1]}})";
  EXPECT_THAT(
      ErrorOf(SafetensorsBytes(header, 16)),
      testing::HasSubstr(
          "tensor \"a\": dtype \"F99\" is none that safetensors knows; tensor \"b\": shape [3] of F32 "
          "takes 12 bytes, data_offsets are [8, 16]; tensor \"c\": dtype, shape and data_offsets "
          "are needed, one is missing"));
  const std::string cut =
      R"({"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],)"
      R"("data_offsets":[8,16]}})";
  EXPECT_THAT(ErrorOf(SafetensorsBytes(cut, 15)),
              testing::AllOf(testing::HasSubstr("\"F99\""), testing::HasSubstr("it is cut off")));
}

TEST(Safetensors, ConvertsBf16Exactly) {
  EXPECT_THAT(ReadHalves("BF16", {0x3f80, 0xc000, 0x0001, 0x8000}),
              testing::ElementsAre(1.0f, -2.0f, 0x1p-133f, -0.0f));
}

TEST(Safetensors, ConvertsF16ExactlyWithSubnormalsAndInfinities) {
  const std::vector<float> values =
      ReadHalves("F16", {0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0x8000});
  EXPECT_THAT(values, testing::ElementsAre(1.0f, -2.0f, 0x1p-24f, 1023 * 0x1p-24f, 0x1p-14f, 65504.0f,
                                           std::numeric_limits<float>::infinity(), -0.0f));
  EXPECT_TRUE(std::signbit(values.back()));
  EXPECT_TRUE(std::isnan(ReadHalves("F16", {0x7e01})[0]));
}

TEST(Safetensors, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(SafetensorsFile::Open("/nonexistent/x.safetensors").status().code(), absl::StatusCode::kNotFound);
}

TEST(Safetensors, ADirectoryIsRefused) {
  EXPECT_EQ(SafetensorsFile::Open(testing::TempDir()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Safetensors, ErrorsNameTheFile) { EXPECT_THAT(ErrorOf(""), HasSubstr("ErrorsNameTheFile.safetensors")); }

TEST(Safetensors, RefusesEveryHostileFileAndSaysWhatIsWrong) {
  for (const HostileFile& file : HostileSafetensors()) {
    EXPECT_THAT(ErrorOf(file.bytes), HasSubstr(file.complaint)) << file.what;
  }
}

TEST(Safetensors, ReadsEverySoundFile) {
  for (const std::string& file : SoundSafetensors()) EXPECT_EQ(ErrorOf(file), "opened");
}

TEST(Safetensors, RefusesAFileCutAnywhere) {
  const std::string whole =
      SafetensorsBytes(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})", 12);
  ASSERT_EQ(ErrorOf(whole), "opened");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(ErrorOf(whole.substr(0, size)), "opened") << size;
}

}  // namespace
}  // namespace rubato
