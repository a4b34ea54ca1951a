#include "tasks/verdict_wire.h"

#include <algorithm>
#include <initializer_list>

#include "common/concat.h"
#include "common/escape.h"
#include "common/status.h"

namespace rubato {
namespace {

absl::Status CheckMembers(const Json& json, std::initializer_list<std::string_view> known) {
  if (!json.is_object()) return absl::InvalidArgumentError("a line is a JSON object");
  for (const auto& [key, value] : json.object()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return absl::InvalidArgumentError(Concat("unknown member \"", EscapeForTerminal(key), "\""));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RewardTerm>> ParseParts(const Json& json) {
  ASSIGN_OR_RETURN(const Json::Object* object, json.GetObject("parts"));
  std::vector<RewardTerm> parts;
  for (const auto& [name, value] : *object) {
    ASSIGN_OR_RETURN(const double number, value.AsDouble());
    parts.push_back({name, number});
  }
  return parts;
}

}  // namespace

std::string WriteRequest(const VerdictRequest& request) {
  Json json;
  json.Set("id", request.id);
  json.Set("verifier", request.verifier);
  json.Set("row", request.row);
  json.Set("response", request.response);
  return json.Dump();
}

std::string WriteReply(const VerdictReply& reply) {
  Json json;
  json.Set("id", reply.id);
  if (!reply.error.empty()) {
    json.Set("error", reply.error);
    return json.Dump();
  }
  Json parts{Json::Object()};
  for (const RewardTerm& part : reply.parts) parts.Set(part.name, part.value);
  json.Set("reward", reply.reward);
  json.Set("parts", std::move(parts));
  return json.Dump();
}

absl::StatusOr<VerdictRequest> ParseRequest(std::string_view line) {
  ASSIGN_OR_RETURN(const Json json, Json::Parse(line, "request"));
  RETURN_IF_ERROR(CheckMembers(json, {"id", "verifier", "row", "response"}));
  VerdictRequest request;
  ASSIGN_OR_RETURN(request.id, json.GetUint("id"));
  ASSIGN_OR_RETURN(request.verifier, json.GetString("verifier"));
  ASSIGN_OR_RETURN(request.response, json.GetString("response"));
  ASSIGN_OR_RETURN(const Json::Object* row, json.GetObject("row"));
  request.row = Json(*row);
  return request;
}

absl::StatusOr<VerdictReply> ParseReply(std::string_view line) {
  ASSIGN_OR_RETURN(const Json json, Json::Parse(line, "reply"));
  RETURN_IF_ERROR(CheckMembers(json, {"id", "reward", "parts", "error"}));
  VerdictReply reply;
  ASSIGN_OR_RETURN(reply.id, json.GetUint("id"));
  if (json.Find("error") != nullptr) {
    ASSIGN_OR_RETURN(reply.error, json.GetString("error"));
    if (reply.error.empty()) return absl::InvalidArgumentError("\"error\" is empty");
    return reply;
  }
  ASSIGN_OR_RETURN(reply.reward, json.GetDouble("reward"));
  ASSIGN_OR_RETURN(reply.parts, ParseParts(json));
  return reply;
}

}  // namespace rubato
