#include "policy/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "common/bytes.h"

namespace rubato {
namespace {

using ::testing::HasSubstr;

std::string WriteTemporary(const std::string& bytes) {
  const std::string path = testing::TempDir() + "/" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".safetensors";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

// A file of this header and so many bytes of data.
std::string File(const std::string& header, size_t data_bytes) {
  std::string file;
  AppendNumber<uint64_t>(header.size(), &file);
  return file + header + std::string(data_bytes, '\1');
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
  std::string file = File(
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
  const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(WriteTemporary(File(header, 16)));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->tensors()[0].name, "b");
  EXPECT_EQ(file->tensors()[0].elements, 6);
  EXPECT_EQ(file->Find("a")->elements, 1);
  EXPECT_EQ(file->Find("c"), nullptr);
}

TEST(Safetensors, ReadsAnEmptyTensor) {
  EXPECT_EQ(ErrorOf(File(R"({"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}})", 0)), "opened");
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

// Everything below is a file that a hostile or broken writer could make.
struct HostileFile {
  const char* what;
  std::string bytes;
  const char* complaint;
};

std::vector<HostileFile> HostileFiles() {
  const auto one = [](const std::string& entry) { return R"({"a":)" + entry + "}"; };
  std::string huge_header;
  AppendNumber<uint64_t>(100'000'001, &huge_header);
  std::string endless_header;
  AppendNumber<uint64_t>(~uint64_t{0}, &endless_header);
  return {
      {"empty file", "", "0 bytes"},
      {"cut in its length", "\1\0\0", "bytes"},
      {"header above the limit", huge_header + std::string(64, '{'), "at most 100000000"},
      {"header length that overflows", endless_header + "{}", "at most 100000000"},
      {"header beyond the end", File("{}", 0).substr(0, 9), "after it began"},
      {"header of no bytes", File("", 4), "does not start with '{'"},
      {"header that begins with a space", File(" {}", 0), "does not start with '{'"},
      {"header that is no JSON", File("{nonsense", 0), "header"},
      {"header with something behind it", File("{}{}", 0), "header"},
      {"header nested too deep", File(R"({"a":{"shape":[[[[1]]]]}})", 0), "header"},
      {"name twice",
       File(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
           4),
       "header"},
      {"entry that is a number", File(one("7"), 0), "\"a\""},
      {"entry without shape", File(one(R"({"dtype":"F32","data_offsets":[0,4]})"), 4), "\"a\""},
      {"entry with an unknown key", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})"), 4),
       "\"a\""},
      {"unknown dtype", File(one(R"({"dtype":"F64","shape":[1],"data_offsets":[0,8]})"), 8), "\"F64\""},
      {"negative size", File(one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), 4), "-1"},
      {"fractional size", File(one(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,6]})"), 6), "\"a\""},
      {"shape that overflows",
       File(one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), 0), "overflows"},
      {"bytes that overflow",
       File(one(R"({"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]})"), 0), "overflows"},
      {"range other than the shape", File(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), 4),
       "8 bytes"},
      {"range backwards", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), 4), "[4, 0]"},
      {"range of one number", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4]})"), 4),
       "two numbers"},
      {"range of three numbers", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})"), 4),
       "two numbers"},
      {"negative offset", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[-4,0]})"), 4), "\"a\""},
      {"range beyond the end", File(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), 4),
       "end at 8"},
      {"bytes that belong to nobody", File(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})"), 5),
       "end at 4"},
      {"a hole",
       File(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
           12),
       "begins at 8"},
      {"an overlap",
       File(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           8),
       "begins at 4"},
      {"metadata that is no object", File(R"({"__metadata__":[]})", 0), "__metadata__"},
      {"metadata with numbers", File(R"({"__metadata__":{"a":1}})", 0), "not text"},
  };
}

TEST(Safetensors, RefusesEveryHostileFileAndSaysWhatIsWrong) {
  for (const HostileFile& file : HostileFiles()) {
    EXPECT_THAT(ErrorOf(file.bytes), HasSubstr(file.complaint)) << file.what;
  }
}

TEST(Safetensors, RefusesAFileCutAnywhere) {
  const std::string whole = File(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})", 12);
  ASSERT_EQ(ErrorOf(whole), "opened");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(ErrorOf(whole.substr(0, size)), "opened") << size;
}

}  // namespace
}  // namespace rubato
