#include "tests/fuzz/hostile_safetensors.h"

#include <cstdint>

#include "common/bytes.h"

namespace rubato {

namespace {

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

std::string SafetensorsBytes(const std::string& header, size_t data_bytes) {
  std::string file;
  AppendNumber<uint64_t>(header.size(), &file);
  return file + header + std::string(data_bytes, '\1');
}

std::vector<HostileFile> HostileSafetensors() {
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
      {"header length of 2^63", std::string("\0\0\0\0\0\0\0\x80{}", 10), "at most 100000000"},
      {"header beyond the end", SafetensorsBytes("{}", 0).substr(0, 9), "after its length"},
      {"header of no bytes", SafetensorsBytes("", 4), "does not start with '{'"},
      {"header that begins with a space", SafetensorsBytes(" {}", 0), "does not start with '{'"},
      {"header that is no JSON", SafetensorsBytes("{nonsense", 0), "header"},
      {"header with something behind it", SafetensorsBytes("{}{}", 0), "header"},
      {"header nested too deep", SafetensorsBytes(R"({"a":{"shape":[[[[1]]]]}})", 0), "header"},
      {"name twice",
       SafetensorsBytes(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
           4),
       "\"a\" is there twice"},
      {"entry that is a number", SafetensorsBytes(one("7"), 0), "\"a\""},
      {"entry without shape", SafetensorsBytes(one(R"({"dtype":"F32","data_offsets":[0,4]})"), 4), "\"a\""},
      {"entry with an unknown key",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})"), 4), "\"a\""},
      {"unknown dtype", SafetensorsBytes(one(R"({"dtype":"F128","shape":[1],"data_offsets":[0,16]})"), 16),
       "\"F128\""},
      {"negative size", SafetensorsBytes(one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), 4),
       "-1"},
      {"fractional size", SafetensorsBytes(one(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,6]})"), 6),
       "\"a\""},
      {"shape that overflows",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), 0),
       "overflows"},
      {"bytes that overflow",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]})"), 0),
       "overflows"},
      {"range other than the shape",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), 4), "takes 8 bytes"},
      {"range backwards", SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), 4),
       "[4, 0]"},
      {"range of one number", SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4]})"), 4),
       "two numbers"},
      {"range of three numbers",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})"), 4), "two numbers"},
      {"negative offset", SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[-4,0]})"), 4),
       "\"a\""},
      {"range beyond the end",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), 4), "end at 8"},
      {"bytes that belong to nobody",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})"), 5), "end at 4"},
      {"a hole",
       SafetensorsBytes(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
           12),
       "begins at 8"},
      {"an overlap",
       SafetensorsBytes(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           8),
       "begins at 4"},
      {"name twice, spelled differently",
       SafetensorsBytes(
           R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
           0),
       "\"a\" is there twice"},
      {"key twice in an entry",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]})"), 4),
       "\"shape\" is there twice"},
      {"size with a sign", SafetensorsBytes(one(R"({"dtype":"F32","shape":[+1],"data_offsets":[0,4]})"), 4),
       "whole number"},
      {"size with an exponent",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1e0],"data_offsets":[0,4]})"), 4), "whole number"},
      {"size with a zero in front",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[01],"data_offsets":[0,4]})"), 4), "whole number"},
      {"size above 2^64",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]})"), 4),
       "whole number"},
      {"size of minus nothing",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[-0],"data_offsets":[0,0]})"), 0), "whole number"},
      {"a hundred dimensions",
       SafetensorsBytes(
           one("{\"dtype\":\"F32\",\"shape\":[1" + Repeat(",1", 99) + "],\"data_offsets\":[0,4]}"), 4),
       "100 dimensions"},
      {"half bytes", SafetensorsBytes(one(R"({"dtype":"F4","shape":[3],"data_offsets":[0,1]})"), 1),
       "whole bytes"},
      {"dtype in lower case", SafetensorsBytes(one(R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})"), 4),
       "\"f32\""},
      {"dtype that is a number", SafetensorsBytes(one(R"({"dtype":32,"shape":[1],"data_offsets":[0,4]})"), 4),
       "text is needed"},
      {"dtype that moves the cursor",
       SafetensorsBytes(one(R"({"dtype":"\u001b[2J","shape":[1],"data_offsets":[0,4]})"), 4), "\\x1b[2J"},
      {"shape that is null", SafetensorsBytes(one(R"({"dtype":"F32","shape":null,"data_offsets":[0,4]})"), 4),
       "a list is needed"},
      {"list with a comma too many",
       SafetensorsBytes(one(R"({"dtype":"F32","shape":[1,],"data_offsets":[0,4]})"), 4), "whole number"},
      {"object with a comma too many",
       SafetensorsBytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},})", 4), "text is needed"},
      {"object without its end",
       SafetensorsBytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", 4), "comma"},
      {"text without its end", SafetensorsBytes(R"({"a)", 0), "no end"},
      {"name with a line break", SafetensorsBytes("{\"a\n\":0}", 0), "control character"},
      {"name with half a character", SafetensorsBytes(R"({"\ud800":0})", 0), "half a character"},
      {"name with an unknown escape", SafetensorsBytes(R"({"\x":0})", 0), "escape"},
      {"name that is not UTF-8", SafetensorsBytes("{\"\xff\":0}", 0), "not UTF-8"},
      {"a comment", SafetensorsBytes("{/**/}", 0), "text is needed"},
      {"a byte order mark", SafetensorsBytes("\xef\xbb\xbf{}", 0), "does not start with '{'"},
      {"a zero byte behind the object", SafetensorsBytes(std::string("{}\0", 3), 0), "nothing may follow"},
      {"pickle", std::string("\x80\x02}q\0.", 6) + "PKPKPKPK", "at most 100000000"},
      {"a page that says the file was not found", "<!DOCTYPE html><html>404</html>", "at most 100000000"},
      {"a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
       "at most 100000000"},
      {"metadata twice", SafetensorsBytes(R"({"__metadata__":{},"__metadata__":{}})", 0), "__metadata__"},
      {"a key of metadata twice", SafetensorsBytes(R"({"__metadata__":{"a":"","a":""}})", 0), "twice"},
      {"metadata within metadata", SafetensorsBytes(R"({"__metadata__":{"a":{"b":"c"}}})", 0),
       "maps text to text"},
      {"metadata that is no object", SafetensorsBytes(R"({"__metadata__":[]})", 0), "__metadata__"},
      {"metadata with numbers", SafetensorsBytes(R"({"__metadata__":{"a":1}})", 0), "maps text to text"},
  };
}

std::vector<std::string> SoundSafetensors() {
  return {
      SafetensorsBytes("{}", 0),
      SafetensorsBytes(R"({"__metadata__":{"format":"pt"}}      )", 0),
      SafetensorsBytes(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4),
      SafetensorsBytes(R"({"a":{"dtype":"BF16","shape":[2,0],"data_offsets":[0,0]}})", 0),
      SafetensorsBytes(
          "{ \"a\" :\n{\t\"shape\" : [ 3 , 1 ] , \"dtype\":\"F16\",\"data_offsets\":[0 , 6]}\r\n}", 6),
      SafetensorsBytes(
          R"({"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F4","shape":[4],"data_offsets":[8,10]}})",
          10),
      SafetensorsBytes(R"({"\u00e4\ud83d\ude00\n":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]}})", 3),
  };
}

}  // namespace rubato
