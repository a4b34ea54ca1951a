#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/problems.h"
#include "policy/safetensors.h"

namespace rubato {

// The files that hold a model's weights, open, and every tensor in them by the name that the model gives it.
//
// A value that owns the files; tensors point into them.
struct WeightFiles {
  struct File {
    std::string name;
    SafetensorsFile file;
  };
  std::vector<File> files;
  std::map<std::string, SafetensorsTensor, std::less<>> tensors;
  // Tensors of files that could not be opened, as far as the index names them.
  std::set<std::string, std::less<>> unreadable;
  // Whether these two are all: if not, tensors may be missing for that reason alone.
  bool complete = false;

  bool IsMissing(const std::string& tensor) const;
};

// Opens model.safetensors or, where that is not there, the shards that model.safetensors.index.json lists (as
// `transformers` chooses).  Files are opened by plain names inside `directory`, which may be links, as in the
// cache of the Hub.  Everything that is wrong with the files goes to `problems`:
//
//   * there are none: then what is there instead (pickle, GGUF, an adapter) is named with the way out; pickle
//   is
//     never opened;
//   * a file is no sound .safetensors file;
//   * the index is malformed, names a file elsewhere or one that is missing, and does not agree with the
//   shards,
//     tensor for tensor.
//
// `notes` gets what is odd and does no harm.  Saves of a base model, whose names lack "model.", get it here;
// rotary frequencies that old Llama files carry are left out, since they are computed.
WeightFiles OpenWeightFiles(const std::string& directory, Problems* problems,
                            std::vector<std::string>* notes);

}  // namespace rubato
