#include "tests/policy/broken_directories.h"

namespace rubato {

namespace {

constexpr char kTokenizer[] = "tokenizer.json";
constexpr char kTokenizerConfig[] = "tokenizer_config.json";

}  // namespace

std::vector<BrokenDirectory> BrokenTokenizers() {
  constexpr auto kQwen3 = TinyFamily::kQwen3, kQwen2 = TinyFamily::kQwen2, kLlama = TinyFamily::kLlama;
  return {
      {"TokenizerIsEmpty",
       kQwen3,
       [](const ModelFixture& m) { m.Write(kTokenizer, ""); },
       {"tokenizer.json"}},
      {"TokenizerIsCut", kQwen2, [](const ModelFixture& m) { m.Cut(kTokenizer, 3); }, {"tokenizer.json"}},
      {"TokenizerIsNotUtf8",
       kLlama,
       [](const ModelFixture& m) { m.Replace(kTokenizer, "\"b\"", "\"\xc3\""); },
       {"tokenizer.json"}},
      {"TokenizerIsADirectory",
       kQwen3,
       [](const ModelFixture& m) {
         m.Remove(kTokenizer);
         m.MakeDirectory(kTokenizer);
       },
       {"tokenizer.json: is a directory"}},
      {"TokenIsBeyondTheTable",
       kQwen2,
       [](const ModelFixture& m) { m.Replace(kTokenizer, "28", "37"); },
       {"token \"z\" has the id 37"}},
      {"AddedTokenIsBeyondTheTable",
       kLlama,
       [](const ModelFixture& m) {
         m.Replace(kTokenizer, "\"added_tokens\": [",
                   R"("added_tokens": [{"id": 40, "content": "<tool>", "single_word": false, "lstrip": false,
                       "rstrip": false, "normalized": false, "special": true},)");
       },
       {"<tool>"}},
      {"TokenOfTheDecoderIsBeyondTheTable",
       kQwen3,
       [](const ModelFixture& m) {
         m.Set(kTokenizerConfig, "added_tokens_decoder",
               R"({"2": {"content": "<2>"}, "37": {"content": "<x>"}})");
       },
       {"tokenizer_config.json: token \"<x>\" has the id 37"}},
      {"AddedTokensFileIsBeyondTheTable",
       kQwen2,
       [](const ModelFixture& m) { m.Write("added_tokens.json", R"({"<y>": 151643})"); },
       {"added_tokens.json: token \"<y>\" has the id 151643"}},
      {"TokenizerIsAPipe",
       kLlama,
       [](const ModelFixture& m) { m.MakePipe(kTokenizer); },
       {"tokenizer.json: is no regular file"}},
      {"TokenizerModelIsUnknown",
       kQwen3,
       [](const ModelFixture& m) { m.Replace(kTokenizer, "WordLevel", "Unigram"); },
       {"Unigram"}},
      {"NormalizerIsUnknown",
       kQwen2,
       [](const ModelFixture& m) { m.Set(kTokenizer, "normalizer", R"({"type": "BertNormalizer"})"); },
       {"BertNormalizer"}},
      {"PreTokenizerIsUnknown",
       kLlama,
       [](const ModelFixture& m) { m.Set(kTokenizer, "pre_tokenizer", R"({"type": "Metaspace"})"); },
       {"Metaspace"}},
      {"TokenizerHasNoModel", kQwen3, [](const ModelFixture& m) { m.Erase(kTokenizer, "model"); }, {"model"}},
      {"TokenizerConfigIsNoJson",
       kQwen2,
       [](const ModelFixture& m) { m.Cut(kTokenizerConfig, 1); },
       {"tokenizer_config.json"}},
      {"TokenizerIsCode",
       kLlama,
       [](const ModelFixture& m) {
         m.Set(kTokenizerConfig, "auto_map", R"({"AutoTokenizer": ["tokenization_x.XTokenizer", null]})");
       },
       {"tokenizer_config.json: \"auto_map\" is"}},
      {"SpecialTokensMapIsAList",
       kQwen3,
       [](const ModelFixture& m) { m.Write("special_tokens_map.json", "[]"); },
       {"special_tokens_map.json: holds a list"}},
      {"ChatTemplateIsNoJinja",
       kQwen2,
       [](const ModelFixture& m) { m.Write("chat_template.jinja", "{% for m in messages %}{{ m.role }}"); },
       {"chat_template.jinja"}},
      {"ChatTemplateIncludesAFile",
       kLlama,
       [](const ModelFixture& m) { m.Write("chat_template.jinja", "\n{% include '/etc/passwd' %}"); },
       {"include"}},
      {"ChatTemplateIsANumber",
       kQwen3,
       [](const ModelFixture& m) { m.Set(kTokenizerConfig, "chat_template", "7"); },
       {"chat_template"}},
  };
}

}  // namespace rubato
