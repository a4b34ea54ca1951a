// Supervised fine-tuning of a model directory on prompts and responses, in one process.
//
// Data: JSON lines {"prompt": "...", "response": "..."}.  Both are tokenized by the model's tokenizer and
// joined; the loss is the mean negative log-likelihood of the response tokens.  Special tokens are what the
// texts say: nothing is added.  The result is a Hugging Face model directory.
//
// Threading: RunSft blocks; everything is determined by options, data and nothing else.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "learner/adamw.h"

namespace rubato {

struct SftOptions {
  std::string
      model;  // model directory to begin with, or, with `fresh`, one of config.json and tokenizer.json
  bool fresh = false;             // draw the first weights at random from `seed`
  std::string data;               // JSON lines
  std::string out;                // model directory to write; must not exist yet, or be empty
  std::string dtype = "bf16";     // of the written tensors: "f32" or "bf16"
  uint64_t seed = 1;              // order of the data, first weights
  int batch_tokens = 4096;        // tokens of one update, about: whole examples up to this many
  int micro_batch_tokens = 2048;  // tokens of one forward and backward pass
  uint64_t steps = 0;             // updates; 0: as many as `epochs` give
  double epochs = 1;              // passes over the data, each in a new order
  double lr = 1e-3;
  uint64_t warmup = 20;   // updates
  double final_lr = 0.1;  // share of lr at the end of the cosine
  AdamWOptions adamw;
  double clip_norm = 1;  // 0: none
  int threads = 1;
  uint64_t print_every = 50;  // updates between two lines
};

// Trains, printing a line every `print_every` updates to `progress`: step, loss (mean over the tokens since
// the last line, nats), learning rate, gradient norm, tokens/s. INVALID_ARGUMENT: an option or a data row
// (file:line) is wrong; NOT_FOUND: no such file; INTERNAL: the loss is not finite.
absl::Status RunSft(const SftOptions& options, std::ostream& progress);

}  // namespace rubato
