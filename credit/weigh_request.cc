#include "credit/weigh_request.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/rng.h"
#include "common/status.h"
#include "stats/attention_record.h"
#include "stats/integrity.h"

namespace rubato {
namespace {

using Series = std::vector<double>;  // NaN: undefined
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(std::string(what)); }

// Numbers, and null for NaN.
absl::StatusOr<Series> ReadSeries(const std::string& name, const Json& list) {
  if (!list.is_array()) return Bad(Concat(name, " holds ", list.TypeName(), "; a list of numbers is needed"));
  Series series;
  series.reserve(list.array().size());
  for (const Json& entry : list.array()) {
    if (entry.is_null()) {
      series.push_back(kUndefined);
      continue;
    }
    const absl::StatusOr<double> value = entry.AsDouble();
    if (!value.ok()) return Bad(Concat(name, "[", series.size(), "] ", value.status().message()));
    series.push_back(*value);
  }
  return series;
}

absl::StatusOr<Series> GetSeries(const Json& line, const std::string& key) {
  const Json* list = line.Find(key);
  if (list == nullptr) return Bad(Concat("has no \"", key, "\""));
  return ReadSeries(Concat("\"", key, "\""), *list);
}

absl::Status CheckLength(std::string_view name, size_t length, size_t expected, std::string_view of) {
  if (length == expected) return absl::OkStatus();
  return Bad(Concat(name, " has ", length, " entries; it must have ", expected, ", one per ", of));
}

// What `waad` and `fai` hold: one series per head, or one for the set mean.
struct Statistics {
  std::vector<Series> waad, fai;
  bool per_head = false;
};

absl::StatusOr<std::vector<Series>> GetSeriesOfHeads(const Json& line, const std::string& key,
                                                     bool* per_head) {
  const Json* list = line.Find(key);
  if (list == nullptr) return Bad(Concat("has no \"", key, "\""));
  *per_head = list->is_array() && !list->array().empty() && list->array()[0].is_array();
  std::vector<Series> all;
  if (!*per_head) {
    ASSIGN_OR_RETURN(all.emplace_back(), GetSeries(line, key));
    return all;
  }
  for (const Json& head : list->array()) {
    ASSIGN_OR_RETURN(all.emplace_back(), ReadSeries(Concat("\"", key, "\"[", all.size(), "]"), head));
    RETURN_IF_ERROR(CheckLength(Concat("\"", key, "\"[", all.size() - 1, "]"), all.back().size(),
                                all.front().size(), Concat("entry of \"", key, "\"[0]")));
  }
  return all;
}

absl::StatusOr<Statistics> ReadStatistics(const Json& line) {
  Statistics read;
  bool fai_per_head = false;
  ASSIGN_OR_RETURN(read.waad, GetSeriesOfHeads(line, "waad", &read.per_head));
  ASSIGN_OR_RETURN(read.fai, GetSeriesOfHeads(line, "fai", &fai_per_head));
  if (read.per_head != fai_per_head) {
    return Bad(
        "of \"waad\" and \"fai\" one holds lists per head and the other one number per token; both must be "
        "alike");
  }
  if (read.waad.front().empty()) return Bad("\"waad\" is empty; a response has at least one token");
  RETURN_IF_ERROR(CheckLength("\"fai\"", read.fai.size(), read.waad.size(), "entry of \"waad\""));
  RETURN_IF_ERROR(CheckLength(read.per_head ? "\"fai\"[0]" : "\"fai\"", read.fai.front().size(),
                              read.waad.front().size(), "token of \"waad\""));
  return read;
}

// `value` at [t] must be in 0..max where it is defined, and null elsewhere.
absl::Status CheckValue(std::string_view name, int t, double value, double max, bool defined) {
  if (std::isnan(value)) {
    return defined ? Bad(Concat(name, "[", t, "] is null, where the statistic is defined"))
                   : absl::OkStatus();
  }
  if (!defined) {
    return Bad(
        Concat(name, "[", t, "] is ", value, ", where no row is h_lo to h_hi tokens ahead; it must be null"));
  }
  if (value >= 0 && value <= max) return absl::OkStatus();
  return Bad(Concat(name, "[", t, "] is ", value, "; it must be in 0..", max));
}

absl::Status CheckRanges(const Statistics& read, const CreditSettings& settings) {
  for (size_t head = 0; head < read.waad.size(); ++head) {
    const std::string which = read.per_head ? Concat("[", head, "]") : "";
    const int tokens = static_cast<int>(read.waad[head].size());
    for (int t = 0; t < tokens; ++t) {
      RETURN_IF_ERROR(CheckValue(Concat("\"waad\"", which), t, read.waad[head][t], settings.w, true));
      const bool defined = FutureRowCount(t, tokens, settings.h_lo, settings.h_hi) > 0;
      RETURN_IF_ERROR(CheckValue(Concat("\"fai\"", which), t, read.fai[head][t], 1, defined));
    }
  }
  return absl::OkStatus();
}

// C4: in (layer, head) order, in double.
Series MeanOver(const std::vector<Series>& series, const std::vector<int>& heads) {
  Series mean(series.front().size());
  for (size_t t = 0; t < mean.size(); ++t) {
    for (int head : heads) mean[t] += series[head][t];
    mean[t] /= static_cast<double>(heads.size());
  }
  return mean;
}

absl::Status NameHeads(const Json& line, int count, WeighRequest* request) {
  request->layers = {0};
  ASSIGN_OR_RETURN(const int64_t heads, line.GetIntOr("heads", 0));
  const Json* layers = line.Find("layers");
  if (layers != nullptr && !layers->is_null()) {
    request->layers.clear();
    for (const Json& entry : layers->array()) {
      const absl::StatusOr<int64_t> layer = entry.AsInt();
      const bool sound =
          layer.ok() && *layer < 1 << 20 && *layer > (request->layers.empty() ? -1 : request->layers.back());
      if (!sound)
        return Bad(Concat("\"layers\" holds ", entry.Dump(), "; layer numbers must ascend from 0 or more"));
      request->layers.push_back(static_cast<int>(*layer));
    }
  }
  const int64_t layer_count = static_cast<int64_t>(request->layers.size());
  const bool named = heads != 0 || layer_count != 1;
  if (named && (layer_count == 0 || heads < 1 || heads > count || layer_count * heads != count)) {
    return Bad(Concat("\"d\" has ", count, " entries, but ", layer_count, " \"layers\" of ", heads,
                      " \"heads\" are ", layer_count * heads, " sampled heads"));
  }
  request->heads = static_cast<int>(named ? heads : count);
  return absl::OkStatus();
}

absl::Status CheckMeanDistance(const Series& waad, const Series& d, const HeadRanking& ranking) {
  double mean = 0, distance = 0;
  for (double value : waad) mean += value / static_cast<double>(waad.size());
  for (int head : ranking.local) distance += d[head] / static_cast<double>(ranking.local.size());
  if (mean <= distance + kRangeSlack * (1 + distance)) return absl::OkStatus();
  return Bad(Concat("the mean of \"waad\" over the local heads is ", mean,
                    ", above the mean of their \"d\", ", distance, "; a window only shortens distances"));
}

// Averages over the head sets that "d" gives, if there is one.
absl::Status Reduce(const Json& line, const CreditSettings& settings, const Statistics& read, Series* waad,
                    Series* fai, WeighRequest* request) {
  *waad = read.waad.front();
  *fai = read.fai.front();
  if (line.Find("d") == nullptr) {
    return read.per_head ? Bad("has lists per head but no \"d\"; the head sets are ranked by it")
                         : absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Series d, GetSeries(line, "d"));
  if (read.per_head) RETURN_IF_ERROR(CheckLength("\"d\"", d.size(), read.waad.size(), "head of \"waad\""));
  RETURN_IF_ERROR(NameHeads(line, static_cast<int>(d.size()), request));
  ASSIGN_OR_RETURN(request->ranking, RankHeads(d, settings.head_share));
  if (read.per_head) {
    *waad = MeanOver(read.waad, request->ranking.local);
    *fai = MeanOver(read.fai, request->ranking.global);
  }
  return CheckMeanDistance(*waad, d, request->ranking);
}

absl::StatusOr<std::vector<TokenRole>> ReadMask(const Json& mask, size_t tokens) {
  if (!mask.is_array()) return Bad(Concat("\"mask\" holds ", mask.TypeName(), "; a list is needed"));
  RETURN_IF_ERROR(CheckLength("\"mask\"", mask.array().size(), tokens, "token"));
  std::vector<TokenRole> roles;
  for (const Json& entry : mask.array()) {
    const absl::StatusOr<bool> flag = entry.AsBool();
    const absl::StatusOr<int64_t> number = entry.AsInt();
    if (!flag.ok() && !(number.ok() && (*number == 0 || *number == 1))) {
      return Bad(
          Concat("\"mask\"[", roles.size(), "] is ", entry.Dump(), "; it must be 0, 1, true or false"));
    }
    roles.push_back((flag.ok() ? *flag : *number == 1) ? TokenRole::kTrained : TokenRole::kMasked);
  }
  return roles;
}

absl::Status Exclude(const Json& ids, const CreditSettings& settings, std::vector<TokenRole>* roles) {
  RETURN_IF_ERROR(CheckLength("\"ids\"", ids.array().size(), roles->size(), "token"));
  for (size_t t = 0; t < roles->size(); ++t) {
    const absl::StatusOr<int64_t> id = ids.array()[t].AsInt();
    if (!id.ok()) return Bad(Concat("\"ids\"[", t, "] is ", ids.array()[t].Dump(), ", which is no token id"));
    const bool excluded =
        *id >= 0 && *id <= INT32_MAX && settings.exclude_token_ids.contains(static_cast<int32_t>(*id));
    if (excluded && (*roles)[t] == TokenRole::kTrained) (*roles)[t] = TokenRole::kExcluded;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TokenRole>> ReadRoles(const Json& line, const CreditSettings& settings,
                                                 size_t tokens) {
  std::vector<TokenRole> roles(tokens, TokenRole::kTrained);
  if (const Json* mask = line.Find("mask"); mask != nullptr && !mask->is_null()) {
    ASSIGN_OR_RETURN(roles, ReadMask(*mask, tokens));
  }
  if (settings.exclude_token_ids.empty()) return roles;
  const Json* ids = line.Find("ids");
  if (ids == nullptr) return Bad("has no \"ids\"; credit.exclude_token_ids needs the tokens of the response");
  RETURN_IF_ERROR(Exclude(*ids, settings, &roles));
  return roles;
}

absl::StatusOr<Series> ReadEntropy(const Json& line, const CreditSettings& settings, size_t tokens) {
  if (line.Find("entropy") == nullptr) {
    if (settings.scheme == Scheme::kEntropy) return Bad("has no \"entropy\"; scheme entropy ranks it");
    return Series();
  }
  ASSIGN_OR_RETURN(const Series entropy, GetSeries(line, "entropy"));
  RETURN_IF_ERROR(CheckLength("\"entropy\"", entropy.size(), tokens, "token"));
  for (size_t t = 0; t < tokens; ++t) {
    if (entropy[t] >= 0) continue;
    return Bad(Concat("\"entropy\"[", t, "] is ", line.Find("entropy")->array()[t].Dump(),
                      "; it must be at least 0"));
  }
  return entropy;
}

absl::StatusOr<DrawKey> ReadDraw(const Json& line, const CreditSettings& settings) {
  if (settings.scheme != Scheme::kRandom) return DrawKey();
  const Json* group = line.Find("group");
  if (group == nullptr || group->is_null())
    return Bad("has no \"group\"; scheme random draws by group and sample");
  const absl::StatusOr<std::string> text = group->AsString();
  ASSIGN_OR_RETURN(const int64_t sample, line.GetInt("sample"));
  if (sample < 0 || sample > UINT32_MAX)
    return Bad(Concat("\"sample\" is ", sample, "; it must be an index from 0"));
  return DrawKey{.group_hash = Hash64(text.ok() ? *text : group->Dump()),
                 .sample = static_cast<uint32_t>(sample)};
}

}  // namespace

absl::StatusOr<WeighRequest> ReadWeighRequest(const Json& line, const CreditSettings& settings) {
  WeighRequest request;
  ASSIGN_OR_RETURN(request.advantage, line.GetDouble("advantage"));
  ASSIGN_OR_RETURN(const Statistics read, ReadStatistics(line));
  RETURN_IF_ERROR(CheckRanges(read, settings));
  Series waad, fai;
  RETURN_IF_ERROR(Reduce(line, settings, read, &waad, &fai, &request));
  ASSIGN_OR_RETURN(const std::vector<TokenRole> roles, ReadRoles(line, settings, waad.size()));
  request.view = MakeResponseView(waad, fai, roles);
  ASSIGN_OR_RETURN(request.view.entropy, ReadEntropy(line, settings, waad.size()));
  ASSIGN_OR_RETURN(request.view.draw, ReadDraw(line, settings));
  return request;
}

}  // namespace rubato
