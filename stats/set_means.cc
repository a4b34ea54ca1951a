#include "stats/set_means.h"

namespace rubato {
namespace {

// values: [head][tokens].  NaN in any member of the set makes the mean NaN.
std::vector<float> MeanOver(const std::vector<float>& values, const std::vector<int>& heads, int tokens) {
  std::vector<float> means(tokens);
  for (int t = 0; t < tokens; ++t) {
    double sum = 0;
    for (int head : heads) sum += values[static_cast<size_t>(head) * tokens + t];
    means[t] = static_cast<float>(sum / static_cast<double>(heads.size()));
  }
  return means;
}

}  // namespace

SetMeans MeansOverSets(const AttentionRecord& record, const HeadRanking& ranking) {
  return {MeanOver(record.waad, ranking.local, record.response_tokens),
          MeanOver(record.fai, ranking.global, record.response_tokens)};
}

}  // namespace rubato
