// Batch samples as the hub sends them, for tests.
#pragma once

#include <string>
#include <vector>

#include "common/bytes.h"
#include "proto/learner.pb.h"

namespace rubato {

// A prompt and a response with one log-prob and one token weight per response token.
inline BatchSample MakeSample(const std::vector<int32_t>& prompt, const std::vector<int32_t>& response,
                              const std::vector<float>& logprobs, const std::vector<double>& gammas,
                              double advantage) {
  BatchSample sample;
  Segment* segment = sample.add_segments();
  segment->set_kind(Segment::PROMPT);
  segment->set_token_ids(PackInt32(prompt));
  segment = sample.add_segments();
  segment->set_kind(Segment::POLICY);
  segment->set_token_ids(PackInt32(response));
  segment->set_logprobs(PackFloat(logprobs));
  sample.set_token_weights(PackDouble(gammas));
  sample.set_advantage(advantage);
  sample.set_temperature(1);
  return sample;
}

}  // namespace rubato
