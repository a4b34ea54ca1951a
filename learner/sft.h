// Supervised fine-tuning of a model directory on prompts and responses, in one process.
//
// The loss is the mean negative log-likelihood of the response tokens of an update.  The result is a Hugging
// Face model directory with the small files of the one it began with.
//
// Threading: RunSft blocks.  The result is a function of options, model and data, whatever `threads` is.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "learner/adamw.h"
#include "policy/safetensors.h"

namespace rubato {

struct SftOptions {
  std::string model;   // model directory to begin with; when `fresh`, its weights are not read
  bool fresh = false;  // draw the first weights at random from `seed`
  std::string data;    // JSON lines, see sft_data.h
  std::string out;     // model directory to write
  SafetensorsType dtype = SafetensorsType::kBf16;  // of the written tensors: kF32 or kBf16
  uint64_t seed = 1;                               // of the order of the data and of fresh weights
  int batch_tokens = 4096;                         // tokens of one update: whole examples up to this many
  int micro_batch_tokens = 2048;                   // tokens of one forward and backward pass
  double epochs = 1;                               // passes over the data, each in an order of its own
  double lr = 1e-3;
  uint64_t warmup = 20;   // updates
  double final_lr = 0.1;  // share of lr at the end of the cosine
  AdamWOptions adamw;
  double clip_norm = 1;  // 0: none
  int threads = 1;
  uint64_t print_every = 50;  // updates between two lines
};

// Trains, and prints a line every `print_every` updates to `progress`: update, mean loss since the last line
// in nats per token, learning rate, gradient norm, tokens (prompts included) per second. INVALID_ARGUMENT: an
// option, the model or a row of the data is wrong; NOT_FOUND: no such file; INTERNAL: the loss is not finite.
absl::Status RunSft(const SftOptions& options, std::ostream& progress);

}  // namespace rubato
