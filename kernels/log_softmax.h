#pragma once

// Log-probability, entropy and their gradient for one row of logits, in fp32; rollout and learner call the
// same function, so the same logits give the same log-prob bits.
//
// With x = logits * inverse_temperature and m = max x: the sum of exp(x - m) runs over 16 lanes (element i
// in lane i mod 16) that a fixed tree adds up.  Entries from `vocab` on (padding of the table) do not
// exist. Any thread.

namespace rubato {

struct TokenScore {
  float logprob;  // (x[token] - m) - log(sum), <= 0
  float entropy;  // nats, of softmax(x) over the whole vocabulary (C15)
  float lse;      // m + log(sum)
};

// logits [vocab], finite; inverse_temperature = 1 / T in fp32, > 0; 0 <= token < vocab.
TokenScore ScoreToken(const float* logits, int vocab, float inverse_temperature, int token);

// dlogits[i] = (softmax(x)[i] - [i == token]) * coefficient * inverse_temperature, where `lse` is
// ScoreToken's: the gradient of -coefficient * logprob.  dlogits may be logits.
void ScoreTokenBackward(const float* logits, int vocab, float inverse_temperature, int token, float lse,
                        float coefficient, float* dlogits);

}  // namespace rubato
