// Tokenizes for a Python script, which compares ids and times with those of the `tokenizers` library.
//
//   tokenize_server DIR
//
// First writes {"load_seconds": s}. Then answers each line {"texts": [...], "repeats": n} of standard input
// with {"ids": [[...], ...], "decoded": [...], "seconds": [...]}: the ids and their text, and how much
// processor time each of n passes over all texts took. A text that is refused has null for its ids.

#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "common/json.h"
#include "text/tokenizer.h"

namespace rubato {
namespace {

// Of the processor, so that what else runs on the machine counts little.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Json Answer(const Tokenizer& tokenizer, const Json& question) {
  std::vector<std::string> texts;
  for (const Json& text : question.Find("texts")->array()) texts.push_back(*text.AsString());
  Json all_ids{Json::Array()}, decoded{Json::Array()}, seconds{Json::Array()};
  for (const std::string& text : texts) {
    const auto ids = tokenizer.Encode(text);
    Json list;
    if (ids.ok()) list = Json::Array(ids->begin(), ids->end());
    all_ids.Append(std::move(list));
    decoded.Append(ids.ok() ? Json(tokenizer.Decode(*ids)) : Json());
  }
  for (int64_t i = 0; i < *question.GetIntOr("repeats", 0); ++i) {
    const double start = CpuSeconds();
    size_t count = 0;
    for (const std::string& text : texts)
      count += tokenizer.Encode(text).value_or(std::vector<int32_t>()).size();
    if (count > 0) seconds.Append(CpuSeconds() - start);
  }
  Json answer;
  answer.Set("ids", std::move(all_ids));
  answer.Set("decoded", std::move(decoded));
  answer.Set("seconds", std::move(seconds));
  return answer;
}

int Serve(const char* directory) {
  const double start = CpuSeconds();
  const auto tokenizer = Tokenizer::Load(directory);
  if (!tokenizer.ok()) {
    std::cerr << tokenizer.status() << "\n";
    return 65;
  }
  Json hello;
  hello.Set("load_seconds", CpuSeconds() - start);
  std::cout << hello.Dump() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const auto question = Json::Parse(line, "question");
    if (!question.ok()) {
      std::cerr << question.status() << "\n";
      return 65;
    }
    std::cout << Answer(*tokenizer, *question).Dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) {
  if (argc == 2) return rubato::Serve(argv[1]);
  std::cerr << "usage: tokenize_server DIR\n";
  return 64;
}
