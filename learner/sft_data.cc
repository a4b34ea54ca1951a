#include "learner/sft_data.h"

#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/random_stream.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::StatusOr<SftExample> ParseExample(std::string_view line, const Tokenizer& tokenizer,
                                        const ModelConfig& config) {
  ASSIGN_OR_RETURN(const Json row, Json::Parse(line));
  ASSIGN_OR_RETURN(const std::string prompt, row.GetString("prompt"));
  ASSIGN_OR_RETURN(const std::string response, row.GetString("response"));
  SftExample example;
  ASSIGN_OR_RETURN(example.tokens, tokenizer.Encode(prompt));
  ASSIGN_OR_RETURN(const std::vector<int32_t> answer,
                   tokenizer.Encode(response, Tokenizer::Adding::kNothing));
  example.prompt_tokens = static_cast<int>(example.tokens.size());
  if (example.tokens.empty()) return absl::InvalidArgumentError("\"prompt\" holds no token");
  if (answer.empty()) return absl::InvalidArgumentError("\"response\" holds no token");
  example.tokens.insert(example.tokens.end(), answer.begin(), answer.end());
  if (static_cast<int>(example.tokens.size()) > config.max_positions) {
    return absl::InvalidArgumentError(absl::StrCat("holds ", example.tokens.size(),
                                                   " tokens; the model has max_position_embeddings ",
                                                   config.max_positions));
  }
  return example;
}

}  // namespace

absl::StatusOr<std::vector<SftExample>> LoadSftData(const std::string& path, const Tokenizer& tokenizer,
                                                    const ModelConfig& config) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::vector<SftExample> examples;
  int line_number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    if (line.empty()) continue;
    absl::StatusOr<SftExample> example =
        ParseExample(std::string_view(line.data(), line.size()), tokenizer, config);
    if (!example.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", line_number, ": ", example.status().message()));
    }
    examples.push_back(*std::move(example));
  }
  if (examples.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": holds no row"));
  return examples;
}

std::vector<std::vector<int>> PlanSftUpdates(const std::vector<SftExample>& examples, double epochs,
                                             int batch_tokens, uint64_t seed) {
  std::vector<std::vector<int>> updates;
  int64_t tokens = 0;
  const uint64_t total = std::llround(epochs * static_cast<double>(examples.size()));
  std::vector<int> order(examples.size());
  for (uint64_t taken = 0; taken < total; ++taken) {
    const uint64_t place = taken % order.size();
    if (place == 0) {
      std::iota(order.begin(), order.end(), 0);
      RandomStream(seed, Concat("order of sft pass ", taken / order.size())).Shuffle(&order);
    }
    const int64_t size = examples[order[place]].tokens.size();
    if (updates.empty() || tokens + size > batch_tokens) {
      updates.emplace_back();
      tokens = 0;
    }
    updates.back().push_back(order[place]);
    tokens += size;
  }
  return updates;
}

}  // namespace rubato
