#include "credit/weigh_line.h"

#include <vector>

#include "common/concat.h"
#include "common/json.h"
#include "common/json_lines_request.h"
#include "common/status.h"
#include "credit/token_weights.h"
#include "credit/weigh_request.h"

namespace rubato {
namespace {

template <typename T>
Json ToList(const std::vector<T>& values) {
  return Json(Json::Array(values.begin(), values.end()));
}

Json ToHeads(const std::vector<int>& indices, const WeighRequest& request) {
  Json list{Json::Array()};
  for (int index : indices) {
    list.Append(Json::Array{request.layers[index / request.heads], index % request.heads});
  }
  return list;
}

Json ToReasons(const WeightReasons& reasons) {
  return Json::Object{{"excluded", reasons.excluded},
                      {"masked", reasons.masked},
                      {"negative_advantage", reasons.negative_advantage},
                      {"short_response", reasons.short_response},
                      {"undefined", reasons.undefined}};
}

}  // namespace

absl::StatusOr<std::string> WeighLine(std::string_view line, const CreditSettings& settings) {
  ASSIGN_OR_RETURN(const JsonRequest parsed, ParseJsonRequest(line));
  ASSIGN_OR_RETURN(const WeighRequest request, ReadWeighRequest(parsed.object, settings));
  const TokenWeights weights = WeighTokens(settings, request.view, request.advantage);
  std::vector<double> advantages;
  for (double gamma : weights.gamma) advantages.push_back(gamma * request.advantage);
  const Json answer(
      Json::Object{{"advantages", ToList(advantages)},
                   {"dominated", ToList(weights.dominated)},
                   {"gamma", ToList(weights.gamma)},
                   {"global", ToList(weights.global)},
                   {"head_sets", Json::Object{{"global", ToHeads(request.ranking.global, request)},
                                              {"local", ToHeads(request.ranking.local, request)}}},
                   {"intro", ToList(weights.intro)},
                   {"local", ToList(weights.local)},
                   {"reasons", ToReasons(weights.reasons)}});
  return Concat("{\"id\":", parsed.id, ",", answer.Dump().substr(1));
}

}  // namespace rubato
