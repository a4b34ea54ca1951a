#include "common/resumable_keys.h"

namespace rubato {

const std::vector<std::string>& ResumableKeys() {
  static const auto* keys = new std::vector<std::string>{"run.steps", "checkpoint.every", "checkpoint.keep"};
  return *keys;
}

RunConfig WithoutResumableKeys(RunConfig config) {
  if (config.has_run()) config.mutable_run()->clear_steps();
  if (config.has_checkpoint()) {
    config.mutable_checkpoint()->clear_every();
    config.mutable_checkpoint()->clear_keep();
  }
  return config;
}

}  // namespace rubato
