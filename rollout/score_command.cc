#include "rollout/score_command.h"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iostream>
#include <limits>
#include <span>
#include <vector>

#include "common/concat.h"
#include "common/file.h"
#include "common/json.h"
#include "common/status.h"
#include "policy/decoder.h"
#include "policy/kv_cache.h"
#include "policy/model.h"
#include "policy/model_directory.h"
#include "policy/score.h"

namespace rubato {

namespace {

// One line of input.
struct Request {
  Json id;
  std::vector<int32_t> ids;
  int64_t prompt_len = 0;
};

absl::StatusOr<Request> ReadRequest(const std::string& line) {
  ASSIGN_OR_RETURN(const Json json, Json::Parse(line));
  Request request;
  if (const Json* id = json.Find("id"); id != nullptr) request.id = *id;
  ASSIGN_OR_RETURN(const Json::Array* ids, json.GetArray("ids"));
  for (const Json& entry : *ids) {
    const absl::StatusOr<int64_t> id = entry.AsInt();
    if (!id.ok() || *id < 0 || *id > std::numeric_limits<int32_t>::max()) {
      return absl::InvalidArgumentError(Concat("\"ids\" holds ", entry.Dump(), ", token ids are needed"));
    }
    request.ids.push_back(static_cast<int32_t>(*id));
  }
  ASSIGN_OR_RETURN(request.prompt_len, json.GetInt("prompt_len"));
  return request;
}

// The double with the shortest decimal form among those that round to `value` as fp32; a JSON writer then
// prints that form.
double Shortest(float value) {
  char text[64];
  const std::to_chars_result end = std::to_chars(text, text + sizeof(text), value);
  double wide = value;
  std::from_chars(text, end.ptr, wide);
  return wide;
}

Json Numbers(std::span<const float> values) {
  Json::Array list;
  for (const float value : values) list.emplace_back(Shortest(value));
  return list;
}

absl::StatusOr<std::string> Answer(Decoder* decoder, float temperature, const std::string& line) {
  const absl::StatusOr<Request> request = ReadRequest(line);
  if (!request.ok())
    return absl::InvalidArgumentError(request.status().message());  // also for a key that is missing
  ASSIGN_OR_RETURN(const TokenScores scores,
                   ScoreTokens(decoder, request->ids, request->prompt_len, temperature));
  Json answer;
  answer.Set("id", request->id);
  answer.Set("logprobs", Numbers(scores.logprobs));
  answer.Set("entropies", Numbers(scores.entropies));
  return answer.Dump();
}

}  // namespace

absl::Status ScoreLines(const ScoreOptions& options, const std::string& in_name, std::istream& in,
                        std::ostream& out) {
  ASSIGN_OR_RETURN(const ModelDirectory directory, ReadModelDirectory(options.model));
  Model model(directory.config);
  model.Repack(directory.weights);
  KvCache cache(directory.config,
                KvCache::PagesFor(directory.config.max_positions) * KvCache::PageBytes(directory.config));
  Decoder decoder(&model, &cache, options.threads);
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    const absl::StatusOr<std::string> answer = Answer(&decoder, options.temperature, line);
    if (!answer.ok()) return Annotate(answer.status(), Concat(in_name, ":", number));
    if (!(out << *answer << '\n')) return FileError("write", options.out, errno);
  }
  if (!out.flush()) return FileError("write", options.out, errno);
  return absl::OkStatus();
}

absl::Status RunScore(const ScoreOptions& options) {
  std::ifstream in;
  if (options.in != "-") {
    in.open(options.in);
    if (!in) return FileError("open", options.in, errno);
  }
  std::ofstream out;
  if (options.out != "-") {
    out.open(options.out);
    if (!out) return FileError("open", options.out, errno);
  }
  return ScoreLines(options, options.in == "-" ? "standard input" : options.in,
                    options.in == "-" ? std::cin : in, options.out == "-" ? std::cout : out);
}

}  // namespace rubato
